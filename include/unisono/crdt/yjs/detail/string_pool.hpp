#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace unisono::inline v0::yjs::detail {

/// The number of a text in its pool.
using text_index = std::uint32_t;
inline constexpr text_index no_text = 0xffff'ffff;

/// Holds each text once: keys of maps and names of types come back in nearly every update.
class string_pool {
public:
    text_index intern(std::string_view text) {
        if (auto const known = index_.find(text); known != index_.end())
            return known->second;
        auto const added = static_cast<text_index>(texts_.size());
        index_.emplace(texts_.emplace_back(text), added);
        return added;
    }

    /// no_text for one that was never interned.
    text_index find(std::string_view text) const noexcept {
        auto const known = index_.find(text);
        return known == index_.end() ? no_text : known->second;
    }

    std::string_view operator[](text_index i) const noexcept { return texts_[i]; }

private:
    std::deque<std::string> texts_; // never moved: index_ looks into them
    std::unordered_map<std::string_view, text_index> index_;
};

} // namespace unisono::inline v0::yjs::detail
