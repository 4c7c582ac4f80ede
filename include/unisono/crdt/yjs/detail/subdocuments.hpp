#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/crdt/yjs/detail/document_store.hpp>

#include <string_view>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// The documents inside of a document, in the order in which they came.
class subdocument_table {
public:
    struct entry {
        element at;
        bool loaded;
    };
    std::vector<entry> const& entries() const noexcept { return entries_; }

    /// Takes in what a transaction has done.
    void update(std::vector<document_change> const& changes);

    /// Notes in the running transaction that the documents of that name are wanted, if they are not yet; or
    /// that those which are present are not wanted any more, as Yjs does it: they go and come again.
    void load(document_store& store, std::string_view guid);
    void unload(document_store& store, std::string_view guid);

private:
    std::vector<entry> entries_;
};

/// Of the content of a sub-document as it is on the wire: its name, and does it want to be loaded at once?
std::string_view subdocument_guid(bytes_view content);
bool loads_at_once(bytes_view content);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/subdocuments.ipp>
#endif
