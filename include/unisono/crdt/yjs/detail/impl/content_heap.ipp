#pragma once

#include <unisono/codec/utf16.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/content_heap.hpp>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL content_place content_heap::add_text(std::string_view utf8, bool wide) {
    if (!wide && is_ascii(utf8))
        return add_ascii(utf8);
    auto const begin = static_cast<std::uint32_t>(wide_.size());
    append_utf16(utf8, wide_);
    return {begin, true};
}

UNISONO_DECL content_place content_heap::add_text_after_half(std::string_view utf8) {
    auto const begin = static_cast<std::uint32_t>(wide_.size());
    wide_.push_back(u'\xfffd');
    append_utf16(utf8, wide_);
    return {begin, true};
}

UNISONO_DECL std::uint32_t content_heap::add_value(bytes_view wire) {
    append(values_, wire);
    ends_.push_back(static_cast<std::uint32_t>(values_.size()));
    return static_cast<std::uint32_t>(ends_.size() - 1);
}

UNISONO_DECL void content_heap::read_text(content_place from, std::uint32_t length, byte_buffer& utf8) const {
    if (from.wide)
        append_utf8(wide_text(from.begin, length), utf8);
    else
        append(utf8, ascii_text(from.begin, length));
}

UNISONO_DECL content_place content_heap::copy_text(content_heap const& other, content_place from,
                                                   std::uint32_t length) {
    auto const begin = static_cast<std::uint32_t>(from.wide ? wide_.size() : ascii_.size());
    if (from.wide)
        wide_ += other.wide_text(from.begin, length);
    else
        ascii_ += other.ascii_text(from.begin, length);
    return {begin, from.wide};
}

UNISONO_DECL std::uint32_t content_heap::copy_values(content_heap const& other, std::uint32_t begin,
                                                     std::uint32_t count) {
    auto const first = static_cast<std::uint32_t>(ends_.size());
    for (std::uint32_t i = begin; i < begin + count; ++i) {
        bytes_view const value = other.values(i, 1);
        if (&other == this)
            add_value(byte_buffer(value.begin(), value.end())); // values_ moves while it grows
        else
            add_value(value);
    }
    return first;
}

UNISONO_DECL bytes_view content_heap::values(std::uint32_t begin, std::uint32_t count) const noexcept {
    std::size_t const from = begin == 0 ? 0 : ends_[begin - 1];
    return bytes_view{values_}.subspan(from, ends_[begin + count - 1] - from);
}

UNISONO_DECL void content_heap::repair_cut(std::uint32_t begin_of_right) noexcept {
    if (!is_high_surrogate(wide_[begin_of_right - 1]))
        return;
    wide_[begin_of_right - 1] = u'\xfffd';
    wide_[begin_of_right] = u'\xfffd';
}

UNISONO_DECL void content_heap::widen(content_place from, std::uint32_t length) {
    // By index: the source moves when the target, which may be the same, grows.
    for (std::uint32_t i = from.begin; i < from.begin + length; ++i)
        wide_.push_back(from.wide ? wide_[i] : static_cast<char16_t>(ascii_[i]));
    forgotten_ += length;
}

UNISONO_DECL content_place content_heap::move_together(content_place left, std::uint32_t left_length,
                                                       content_place right, std::uint32_t right_length) {
    if (!left.wide || left.begin + left_length != wide_.size()) {
        auto const begin = static_cast<std::uint32_t>(wide_.size());
        widen(left, left_length);
        left = {begin, true};
    }
    widen(right, right_length);
    return left;
}

UNISONO_DECL std::uint32_t content_heap::join_values(std::uint32_t left, std::uint32_t left_count,
                                                     std::uint32_t right, std::uint32_t right_count) {
    if (left + left_count == right)
        return left;
    auto const begin = copy_values(*this, left, left_count);
    copy_values(*this, right, right_count);
    forgotten_ += left_count + right_count;
    return begin;
}

} // namespace unisono::inline v0::yjs::detail
