#pragma once

#include <unisono/core/error.hpp>

namespace unisono::inline v0 {

/// Why TLS did not come about.
enum class tls_error {
    handshake_failed = 1, ///< the peer speaks no TLS, or none of ours
    broken_record,        ///< a record that is no such thing, or was changed on its way
    bad_certificate,      ///< the file cannot be read, or holds no chain of PEM certificates
    bad_key,              ///< the file cannot be read, or holds no PEM key without a passphrase
    key_mismatch,         ///< the key belongs to another certificate
    no_certificate,       ///< none was named
};

inline std::error_code make_error_code(tls_error e) noexcept {
    static constexpr error_entry rows[] = {
        {"the TLS handshake failed", condition::malformed},
        {"broken TLS record", condition::malformed},
        {"no certificate chain (PEM) could be read", condition::not_found},
        {"no unencrypted private key (PEM) could be read", condition::not_found},
        {"the private key belongs to another certificate", condition::conflict},
        {"TLS needs a certificate", condition::not_found},
    };
    static table_category const category{"unisono.tls", rows};
    return {static_cast<int>(e), category};
}

} // namespace unisono::inline v0

template <>
struct std::is_error_code_enum<unisono::tls_error> : std::true_type {};
