#pragma once

#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/detail/document_store.hpp>
#include <unisono/crdt/yjs/snapshot.hpp>

#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// A snapshot in the numbers of one document: which elements were there then.
class past {
public:
    /// Errors: crdt_error::missing_elements, crdt_error::content_forgotten.
    static result<past> make(document_store const& store, snapshot const& state);

    struct visibility {
        bool shown;
        std::uint32_t until; ///< of the elements behind of the same client, up to here it is the same
    };
    visibility at(element e) const noexcept;

    /// The first clock of a client that was missing.
    std::uint32_t state(client_index c) const noexcept { return c < clients_.size() ? clients_[c].state : 0; }

private:
    struct client_past {
        std::uint32_t state = 0;
        std::vector<element_range> deleted = {}; // ascending
    };
    std::vector<client_past> clients_; // by client_index
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/past.ipp>
#endif
