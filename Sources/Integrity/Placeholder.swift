enum IntegrityPlaceholder {}
