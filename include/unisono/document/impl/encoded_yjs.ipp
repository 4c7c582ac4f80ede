#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/update.hpp>
#include <unisono/document/encoded_yjs.hpp>

#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL record_format const& encoded_yjs::format() const noexcept {
    return detail::yjs_records();
}

UNISONO_DECL result<bool> encoded_yjs::is_new(bytes_view update) const {
    if (auto valid = yjs::validate_update(update, limits_); !valid)
        return valid.error();
    bool const anything = known_.lack(update);
    if (anything && full_)
        return full_;
    return anything;
}

UNISONO_DECL void encoded_yjs::add(payload update) {
    known_.add(update.view());
    later_bytes_ += update.size();
    later_.push_back(std::move(update));
    // Merging costs time in proportion to the whole: often enough that memory stays within a factor of the
    // document.
    if (later_.size() >= 1024 && later_bytes_ > whole_.size())
        (void)fold(); // who asks for the whole is told
}

UNISONO_DECL payload encoded_yjs::merge(std::vector<payload> const& updates) const {
    return detail::merge_yjs(updates, limits_).value_or(payload{});
}

UNISONO_DECL result<void> encoded_yjs::fold() {
    if (full_ || later_.empty())
        return full_;
    std::vector<payload> all{whole_};
    all.insert(all.end(), later_.begin(), later_.end());
    auto const merged = detail::merge_yjs(all, limits_);
    if (!merged) // it stays in parts, and nothing is lost
        return full_ = merged.error();
    whole_ = *merged;
    later_.clear();
    later_bytes_ = 0;
    return {};
}

UNISONO_DECL result<byte_buffer> encoded_yjs::missing(bytes_view state_vector) {
    if (auto const folded = fold(); !folded)
        return folded.error();
    return yjs::diff_update(whole_.view(), state_vector, limits_);
}

UNISONO_DECL std::vector<payload> encoded_yjs::split(byte_buffer update, std::size_t bytes) {
    return detail::split_yjs(update, bytes, limits_);
}

UNISONO_DECL byte_buffer encoded_yjs::state_vector() {
    (void)fold(); // without the rest it asks for more than it lacks
    auto vector = yjs::state_vector_from_update(whole_.view(), limits_);
    return vector ? *std::move(vector) : byte_buffer{std::byte{0}}; // the whole was written by us
}

UNISONO_DECL result<payload> encoded_yjs::whole() {
    if (auto const folded = fold(); !folded)
        return folded.error();
    return whole_;
}

} // namespace unisono::inline v0
