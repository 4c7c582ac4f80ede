#pragma once

#include <cstdint>
#include <string>

namespace unisono::inline v0 {

/// What a client may do with a document. Awareness, and stateless messages, go along with reading.
enum class document_access : std::uint8_t { none, read, write };

/// What the host lets a client do with a document.
struct document_grant {
    document_access access = document_access::write;
    std::string user = {};   ///< id or name, told to native clients along with changes; empty: unknown
    std::string reason = {}; ///< UTF-8, told to the client when it may do nothing; empty: "permission-denied"
};

/// Why a client has been put out of a document.
enum class document_exit : std::uint8_t {
    denied,      ///< by the host's decision
    removed,     ///< the document is gone: what the client has of it is of no use any more
    unavailable, ///< the document cannot be served now: try again later
};

/// News about a client's own place in a document.
struct document_notice {
    document_access access = document_access::none; ///< none: it has been put out
    document_exit exit = document_exit::denied;     ///< then
    std::string reason = {};                        ///< UTF-8, for people
};

} // namespace unisono::inline v0
