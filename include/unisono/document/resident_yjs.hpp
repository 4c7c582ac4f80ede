#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/document/detail/known_elements.hpp>
#include <unisono/document/document_replica.hpp>

#include <cstddef>
#include <functional>
#include <system_error>
#include <vector>

namespace unisono::inline v0 {

/// A Yjs document that the host can read and edit while it is served. Stored and spoken as encoded_yjs, so a
/// document may be held by either, now this way and now that; costs several times its memory.
///
/// Deleted content is forgotten, as everywhere in Yjs, unless the options say otherwise. Thread safety: none;
/// lives on its room's shard.
class resident_yjs final : public document_replica {
public:
    /// `options.waiting_bytes` has no effect: what was stored is held.
    explicit resident_yjs(yjs::document_options options = {});

    /// The document. What is edited in it is stored and told to clients when the host's turn ends; see
    /// document_service::with_document().
    yjs::document& document() noexcept { return document_; }

    record_format const& format() const noexcept override;
    result<bool> is_new(bytes_view update) const override;

    /// Beyond its limits as a whole: crdt_error::too_many_structs, too_many_clients, document_too_large.
    std::error_code full() override;

    void add(payload update) override;
    payload merge(std::vector<payload> const& updates) const override;
    byte_buffer state_vector() override;
    result<byte_buffer> missing(bytes_view state_vector) override;
    std::vector<payload> split(byte_buffer update, std::size_t bytes) override;
    result<payload> whole() override;
    payload erasure() override { return payload{known_.erasure()}; }
    payload take_edits() override;
    std::size_t size() const noexcept override;

private:
    void note(bytes_view update);

    yjs::update_limits limits_;
    yjs::document document_;
    detail::known_elements known_;
    std::vector<byte_buffer> edits_; ///< not yet taken
    std::size_t bound_ = 0;          ///< size() is at most about this
};

/// A document's first content, as an update: what `fill` writes. The same content is the same update, whoever
/// makes it and however often, so clients never see it twice. For document_hooks::on_create.
///
/// Throws what `fill` throws. It is called twice and must write the same both times.
payload first_content(std::function<void(yjs::document&)> const& fill);

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/document/impl/resident_yjs.ipp>
#endif
