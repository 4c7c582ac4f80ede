#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

namespace unisono::test {

/// Writes a self-signed certificate for `host` with this serial number, and its key, as PEM files.
inline void write_certificate(std::string const& chain_file, std::string const& key_file, long serial,
                              std::string const& host = "localhost") {
    auto const require = [](bool done) {
        if (!done)
            throw std::runtime_error("cannot make a certificate");
    };
    auto const free_key = [](EVP_PKEY* k) { EVP_PKEY_free(k); };
    auto const free_x509 = [](X509* c) { X509_free(c); };
    auto const free_file = [](std::FILE* f) { std::fclose(f); };
    std::unique_ptr<EVP_PKEY, decltype(free_key)> const key{EVP_EC_gen("P-256"), free_key};
    std::unique_ptr<X509, decltype(free_x509)> const made{X509_new(), free_x509};
    require(key && made);
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_set_pubkey(made.get(), key.get());
    auto* const name = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char const*>(host.c_str()),
                               -1, -1, 0);
    X509_set_issuer_name(made.get(), name);
    auto* const names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + host).c_str());
    X509_add_ext(made.get(), names, -1);
    X509_EXTENSION_free(names);
    require(X509_sign(made.get(), key.get(), EVP_sha256()) != 0);
    std::unique_ptr<std::FILE, decltype(free_file)> const chain{std::fopen(chain_file.c_str(), "we"),
                                                                free_file};
    std::unique_ptr<std::FILE, decltype(free_file)> const secret{std::fopen(key_file.c_str(), "we"),
                                                                 free_file};
    require(chain && secret);
    require(PEM_write_X509(chain.get(), made.get()) == 1);
    require(PEM_write_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
}

} // namespace unisono::test
