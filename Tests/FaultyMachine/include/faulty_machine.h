/* Nothing to call: the library is preloaded into a server. See faulty_machine.c. */
