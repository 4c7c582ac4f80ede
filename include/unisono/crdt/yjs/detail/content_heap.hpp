#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Where the units of a run are: the number of the first one, and of text in which of the two forms.
struct content_place {
    std::uint32_t begin;
    bool wide;
};

/// The content that one client wrote, in the order in which it came.
///
/// One heap per client, because runs of one client can be joined when they are neighbours here, too, and
/// with a common heap two people typing at a time would come between each other's letters.
///
/// Everything is counted in units, so that cutting a run is arithmetic: text in UTF-16 code units, all other
/// content in values. ASCII text takes one byte per unit and is copied to the wire as it is; other text takes
/// two. A value is the bytes it has on the wire.
class content_heap {
public:
    /// Appends valid UTF-8. With `wide` (there is wide text to continue) it is held as UTF-16 in any case.
    content_place add_text(std::string_view utf8, bool wide);

    /// Appends ASCII to text of that form that ends at `end`. False when something else came behind it.
    bool append_ascii(std::uint32_t end, std::string_view ascii) {
        if (end != ascii_.size())
            return false;
        ascii_.append(ascii);
        return true;
    }

    /// Appends text that is known to be ASCII.
    content_place add_ascii(std::string_view text) {
        auto const begin = static_cast<std::uint32_t>(ascii_.size());
        ascii_.append(text);
        return {begin, false};
    }

    /// Appends text that begins with the second half of a cut pair, which is U+FFFD from now on.
    content_place add_text_after_half(std::string_view utf8);

    /// Appends one value.
    std::uint32_t add_value(bytes_view wire);

    /// Appends `count` values that stand behind each other; `end_of_next()` tells where each of them ends.
    template <class EndOfNext>
    std::uint32_t add_values(bytes_view wire, std::uint64_t count, EndOfNext&& end_of_next) {
        auto const first = static_cast<std::uint32_t>(ends_.size());
        std::size_t const begin = values_.size();
        append(values_, wire);
        if (ends_.empty()) // growing by itself, it keeps room for as many again
            ends_.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i)
            ends_.push_back(static_cast<std::uint32_t>(begin + end_of_next()));
        return first;
    }

    /// Appends text of this heap as UTF-8. Surrogates that have lost their other half become U+FFFD.
    void read_text(content_place from, std::uint32_t length, byte_buffer& utf8) const;
    std::u16string_view wide_text(std::uint32_t begin, std::uint32_t length) const noexcept {
        return std::u16string_view{wide_}.substr(begin, length);
    }
    std::string_view ascii_text(std::uint32_t begin, std::uint32_t length) const noexcept {
        return std::string_view{ascii_}.substr(begin, length);
    }

    /// The bytes of `count` values that stand one after the other.
    bytes_view values(std::uint32_t begin, std::uint32_t count) const noexcept;

    /// Cutting a pair of surrogates destroys both halves, as in Yjs: replicas agree on that because each
    /// of them cuts at the same places.
    void repair_cut(std::uint32_t begin_of_right) noexcept;

    /// Makes two runs of text one and returns where it is. They are usually neighbours already.
    content_place join_text(content_place left, std::uint32_t left_length, content_place right,
                            std::uint32_t right_length) {
        return left.wide == right.wide && left.begin + left_length == right.begin
                   ? left
                   : move_together(left, left_length, right, right_length);
    }
    std::uint32_t join_values(std::uint32_t left, std::uint32_t left_count, std::uint32_t right,
                              std::uint32_t right_count);

    /// Appends content of a heap, which may be this one.
    content_place copy_text(content_heap const& other, content_place from, std::uint32_t length);
    std::uint32_t copy_values(content_heap const& other, std::uint32_t begin, std::uint32_t count);

    /// Bytes in use; an upper bound for every unit number.
    std::size_t size() const noexcept {
        return ascii_.size() + 2 * wide_.size() + values_.size() + 4 * ends_.size();
    }

    /// Notes that content of so many units is no longer referred to.
    void forget(std::uint32_t units) noexcept { forgotten_ += units; }
    /// Is more than half of it, and enough to matter, forgotten?
    bool wasteful() const noexcept {
        return forgotten_ > 1024 && forgotten_ > (ascii_.size() + wide_.size() + ends_.size()) / 2;
    }

private:
    void widen(content_place from, std::uint32_t length);
    content_place move_together(content_place left, std::uint32_t left_length, content_place right,
                                std::uint32_t right_length);

    std::string ascii_;
    std::u16string wide_;
    byte_buffer values_;
    std::vector<std::uint32_t> ends_; // of each value in values_
    std::size_t forgotten_ = 0;
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/content_heap.ipp>
#endif
