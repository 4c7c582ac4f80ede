#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/document/detail/known_elements.hpp>
#include <unisono/document/detail/yjs_records.hpp>
#include <unisono/document/document_replica.hpp>

#include <cstddef>
#include <system_error>
#include <vector>

namespace unisono::inline v0 {

/// A Yjs document held as encoded updates: everything a server needs that stores, relays and brings replicas
/// up to date, without building the document. Updates it has are held as they came and merged when somebody
/// asks for the whole.
///
/// Thread safety: none; lives on its room's shard.
class encoded_yjs final : public document_replica {
public:
    explicit encoded_yjs(yjs::update_limits const& limits = {}) : limits_(limits) {}

    record_format const& format() const noexcept override;

    /// Would taking in this V1 update change anything? Checks all of it. Errors: crdt_error, codec_error; a
    /// limit also when the document as a whole is beyond it.
    result<bool> is_new(bytes_view update) const override;

    /// Takes in an update that is_new() accepted: in any order, any number of times.
    void add(payload update) override;
    payload merge(std::vector<payload> const& updates) const override;

    /// What a replica lacks that reported this state vector. Errors: the vector is malformed, the document is
    /// beyond the limits as a whole.
    result<byte_buffer> missing(bytes_view state_vector) override;

    std::vector<payload> split(byte_buffer update, std::size_t bytes) override;

    /// What this document has, encoded: what a replica needs to know to send the rest.
    byte_buffer state_vector() override;

    /// The whole document as one update. Errors: it is beyond the limits.
    result<payload> whole() override;
    payload erasure() override { return payload{known_.erasure()}; }

    std::size_t size() const noexcept override { return whole_.size() + later_bytes_ + known_.size(); }

private:
    result<void> fold();

    yjs::update_limits limits_;
    payload whole_{std::string_view{"\0\0", 2}}; ///< the empty update
    std::vector<payload> later_;                 ///< updates not yet merged into it
    std::size_t later_bytes_ = 0;
    std::error_code full_; ///< why the whole cannot be one update any more
    detail::known_elements known_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/document/impl/encoded_yjs.ipp>
#endif
