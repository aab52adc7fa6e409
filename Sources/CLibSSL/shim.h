#pragma once
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

// Not imported by Swift as they stand: name them here.
enum {
    BASHU_CRL_CHECK = X509_V_FLAG_CRL_CHECK,
    BASHU_CRL_CHECK_ALL = X509_V_FLAG_CRL_CHECK_ALL,
};
