#pragma once

#include <unisono/core/executor.hpp>
#include <unisono/protocol/documents/options.hpp>
#include <unisono/store/store.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace unisono::inline v0 {

namespace detail {
class open_documents;
}

/// Yjs documents that clients have open together, whatever protocol each of them speaks.
///
/// A document is created when it is first opened. A change reaches others, and is part of what a newcomer
/// gets, only once it is stored; it is relayed as the bytes that came in. One service per store: two would
/// not see each other's changes.
///
/// Thread safety: constructed and destroyed while no shard works on it; other members on the shard they name.
class document_service {
public:
    /// `shards` and `store` must outlive it.
    document_service(std::vector<executor*> shards, document_store& store,
                     document_service_options const& options = {});
    ~document_service();
    document_service(document_service const&) = delete;
    document_service& operator=(document_service const&) = delete;

    /// Expires cursors and puts away documents that nobody has open. Call every second or so on shard
    /// `index`.
    void tick(std::size_t index);

    /// Documents in memory on shard `index`. Call on that shard.
    std::size_t document_count(std::size_t index) const;

private:
    friend class document_session;
    std::shared_ptr<detail::open_documents> documents_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
// The definitions need both classes, whichever header comes first.
#include <unisono/protocol/documents/session.hpp>
#endif
