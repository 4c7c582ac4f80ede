#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/core/config.hpp>

#include <algorithm>
#include <charconv>
#include <numeric>

namespace unisono::inline v0 {

namespace detail {

/// The number of a key that is an array index (ECMA-262, 6.1.7), or one that comes after all of them.
UNISONO_DECL std::uint32_t key_rank(std::string_view key) noexcept {
    constexpr std::uint32_t no_index = 0xffffffff;
    if (key.empty() || key.size() > 10 || (key[0] == '0' && key.size() > 1))
        return no_index;
    std::uint32_t number = 0;
    auto const [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
    return error == std::errc{} && end == key.data() + key.size() ? number : no_index;
}

/// Of equal keys keeps the first, with the value of the last. Sorts, so that no input makes it quadratic.
UNISONO_DECL void unite_equal_keys(std::vector<any_member>& members) {
    std::vector<std::size_t> order(members.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return members[a].key < members[b].key; });
    std::vector<bool> repeated(members.size());
    bool any = false;
    for (std::size_t i = order.size(); i-- > 1;) {
        if (members[order[i]].key != members[order[i - 1]].key)
            continue;
        members[order[i - 1]].value = std::move(members[order[i]].value);
        repeated[order[i]] = any = true;
    }
    if (!any)
        return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < members.size(); ++i)
        if (!repeated[i] && kept++ != i)
            members[kept - 1] = std::move(members[i]);
    members.resize(kept);
}

} // namespace detail

UNISONO_DECL any_object::any_object(std::vector<any_member> members) : members_(std::move(members)) {
    if (members_.size() < 2)
        return;
    detail::unite_equal_keys(members_);
    auto before = [](any_member const& a, any_member const& b) {
        return detail::key_rank(a.key) < detail::key_rank(b.key);
    };
    if (!std::is_sorted(members_.begin(), members_.end(), before))
        std::stable_sort(members_.begin(), members_.end(), before);
}

UNISONO_DECL any_object::any_object(std::initializer_list<any_member> members)
    : any_object(std::vector<any_member>{members}) {}

UNISONO_DECL void any_object::set(std::string key, any_value value) {
    auto const same = [&](any_member const& m) { return m.key == key; };
    if (auto const found = std::find_if(members_.begin(), members_.end(), same); found != members_.end()) {
        found->value = std::move(value);
        return;
    }
    auto const after = [](std::uint32_t rank, any_member const& m) { return rank < detail::key_rank(m.key); };
    auto const place = std::upper_bound(members_.begin(), members_.end(), detail::key_rank(key), after);
    members_.insert(place, {std::move(key), std::move(value)});
}

UNISONO_DECL any_value const* any_object::find(std::string_view key) const noexcept {
    auto const same = [&](any_member const& m) { return m.key == key; };
    auto const found = std::find_if(members_.begin(), members_.end(), same);
    return found != members_.end() ? &found->value : nullptr;
}

} // namespace unisono::inline v0
