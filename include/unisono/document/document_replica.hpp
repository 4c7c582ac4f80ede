#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/core/result.hpp>
#include <unisono/store/store.hpp>

#include <cstddef>
#include <system_error>
#include <utility>
#include <vector>

namespace unisono::inline v0 {

/// What a document_room holds: a document of any kind that replicas change independently, as far as a server
/// needs to know it.
///
/// Updates may come in any order and any number of times, and the whole is an update, too: so a snapshot and
/// any older or newer records load to the same document. Thread safety: none; lives on its room's shard.
class document_replica {
public:
    virtual ~document_replica() = default;

    /// What the bytes of the updates mean, for the store.
    virtual record_format const& format() const noexcept = 0;

    /// Would taking in this update change anything? Checks all of it, and changes nothing.
    virtual result<bool> is_new(bytes_view update) const = 0;

    /// Why nothing more is to be taken in, if so. Asked before a change is stored, never of what is stored.
    virtual std::error_code full() { return {}; }

    /// Takes in an update that is_new() accepted.
    virtual void add(payload update) = 0;

    /// One update that does what these do together, all of which is_new() accepted. Empty when there is no
    /// such update: then they stay apart.
    virtual payload merge(std::vector<payload> const& /*updates*/) const { return {}; }

    /// What this document has, encoded: what a replica needs to know to send the rest.
    virtual byte_buffer state_vector() = 0;

    /// What a replica lacks that reported this state vector. Errors: it is malformed, or the document cannot
    /// be one update.
    virtual result<byte_buffer> missing(bytes_view state_vector) = 0;

    /// What missing() gave, in parts of about `bytes` to be taken in one after the other: as long as it is
    /// sent whole, whoever receives it over a slow line hears nothing. By default one part.
    virtual std::vector<payload> split(byte_buffer update, std::size_t /*bytes*/) {
        std::vector<payload> whole;
        whole.emplace_back(std::move(update));
        return whole;
    }

    /// The whole document as one update. Errors: it cannot be one.
    virtual result<payload> whole() = 0;

    /// An update after which nothing is left of all that this document has or had, also in a copy of it that
    /// was away for long. Empty when the type has no such thing.
    virtual payload erasure() { return {}; }

    /// What the host changed in this document since this was last asked, as one update; empty when nothing.
    /// For engines that a host can edit.
    virtual payload take_edits() { return {}; }

    /// Bytes of memory held, roughly. Asked of every document about once a second.
    virtual std::size_t size() const noexcept = 0;
};

} // namespace unisono::inline v0
