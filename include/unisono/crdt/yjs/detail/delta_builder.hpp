#pragma once

#include <unisono/codec/utf16.hpp>
#include <unisono/crdt/yjs/detail/document_store.hpp>
#include <unisono/crdt/yjs/detail/formatting.hpp>
#include <unisono/crdt/yjs/text_piece.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Appends elements of a text item as UTF-16. Neighbouring runs may hold the halves of one pair, so they are
/// put together before they become UTF-8.
inline void append_units(document_store const& store, item const& it, std::uint32_t offset,
                         std::uint32_t length, std::u16string& to) {
    content_heap const& heap = store.clients[it.client].content;
    if (it.wide)
        to += heap.wide_text(it.content + offset, length);
    else
        append_utf16(heap.ascii_text(it.content + offset, length), to);
}

/// Puts rich text together, piece by piece.
class delta_builder {
public:
    explicit delta_builder(document_store const& store) noexcept : store_(store) {}

    void text(item const& it, std::uint32_t offset, std::uint32_t length) {
        append_units(store_, it, offset, length, run_);
    }
    void embedded(value v) {
        flush();
        pieces_.push_back({std::move(v), any_object{attributes_.members()}});
    }
    void format(item const& it) {
        flush();
        attributes_.apply(read_mark(store_, it));
    }

    /// An attribute that no format item sets.
    void set(std::string_view key, any_value v) {
        auto const* present = attributes_.find(key);
        if (present != nullptr && *present == v)
            return;
        flush();
        attributes_.set(key, std::move(v));
    }
    void unset(std::string_view key) {
        if (attributes_.find(key) == nullptr)
            return;
        flush();
        attributes_.erase(key);
    }

    std::vector<text_piece> finish() {
        flush();
        return std::move(pieces_);
    }

private:
    void flush() {
        if (run_.empty())
            return;
        byte_buffer utf8;
        append_utf8(run_, utf8);
        pieces_.push_back({any_value{as_text(utf8)}, any_object{attributes_.members()}});
        run_.clear();
    }

    document_store const& store_;
    attribute_list attributes_;
    std::u16string run_; // text of the next piece
    std::vector<text_piece> pieces_;
};

} // namespace unisono::inline v0::yjs::detail
