#pragma once

#include <unisono/core/executor.hpp>
#include <unisono/protocol/documents/service.hpp>
#include <unisono/protocol/hocuspocus/detail/client.hpp>
#include <unisono/protocol/hocuspocus/options.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::inline v0::detail {

/// What the connections of a Hocuspocus server share.
struct hocuspocus_core {
    /// Who has a document open on one shard, by the document's name. Touched on that shard only.
    using open_documents = std::multimap<std::string, std::weak_ptr<hocuspocus_client>, std::less<>>;

    hocuspocus_core(document_service const& d, std::vector<executor*> s, hocuspocus_options o)
        : documents(d), shards(std::move(s)), options(std::move(o)), open(shards.size()) {}
    hocuspocus_core(hocuspocus_core const&) = delete;
    hocuspocus_core& operator=(hocuspocus_core const&) = delete;

    document_service const& documents;
    std::vector<executor*> shards;
    hocuspocus_options options;
    std::vector<open_documents> open;
};

} // namespace unisono::inline v0::detail
