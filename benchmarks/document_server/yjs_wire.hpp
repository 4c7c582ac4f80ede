#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace benchmark {

// What the load says of Yjs, its own and short, so that it shares no code with a contender.

inline void append_number(std::string& to, std::uint64_t value) {
    for (; value > 127; value >>= 7)
        to += static_cast<char>(0x80 | (value & 127));
    to += static_cast<char>(value);
}
inline void append_sized(std::string& to, std::string_view bytes) {
    append_number(to, bytes.size());
    to += bytes;
}

/// Takes numbers and byte strings off the front; at the end all is zero.
struct wire_reader {
    std::string_view rest;

    unsigned byte() {
        if (rest.empty())
            return 0;
        auto const value = static_cast<unsigned char>(rest.front());
        rest.remove_prefix(1);
        return value;
    }
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; !rest.empty(); shift += 7) {
            auto const group = byte();
            value |= std::uint64_t{group & 127U} << shift;
            if (group < 128)
                break;
        }
        return value;
    }
    std::string_view sized() {
        auto const bytes = rest.substr(0, static_cast<std::size_t>(number()));
        auto const found = rest.substr(0, bytes.size());
        rest.remove_prefix(found.size());
        return found;
    }
};

/// The struct by which `author` types `text` behind the element (`after`, `after_clock`); the beginning of
/// the text "t" without one.
inline void append_typed(std::string& to, std::optional<std::uint64_t> after, std::uint64_t after_clock,
                         std::string_view text) {
    if (after) {
        to += static_cast<char>(0x84);
        append_number(to, *after);
        append_number(to, after_clock);
    } else {
        to += std::string_view{"\x04\x01\x01t"};
    }
    append_sized(to, text);
}

/// The update by which `author` types `text` at its clock `clock`, behind what it typed before.
inline std::string typed(std::uint64_t author, std::uint64_t clock, std::string_view text) {
    std::string update{"\1\1"};
    append_number(update, author);
    append_number(update, clock);
    append_typed(update, clock == 0 ? std::nullopt : std::optional{author}, clock - 1, text);
    update += '\0';
    return update;
}

/// Calls `each(author, clock)` for every character of what typed() makes, also where a server has made one
/// update of several. Stops at an author before `first`.
template <class Each>
void for_each_typed(std::string_view update, std::uint64_t first, Each each) {
    wire_reader in{update};
    for (auto blocks = in.number(); blocks > 0; --blocks) {
        auto structs = in.number();
        auto const author = in.number();
        auto clock = in.number();
        if (author < first)
            return;
        for (; structs > 0 && !in.rest.empty(); --structs) {
            bool const follows = in.byte() == 0x84;
            in.number();
            if (follows)
                in.number();
            else
                in.sized(); // the name of the text
            for (auto length = in.sized().size(); length > 0; --length)
                each(author, clock++);
        }
    }
}

/// A text of about `bytes` bytes as an update: two authors write it, in turns, word by word.
inline std::string written_by_two(std::size_t bytes) {
    constexpr std::string_view word = "lorem ipsum ";
    std::string blocks[2];
    std::uint64_t count = 0;
    for (std::size_t size = 0; size < bytes; ++count) {
        std::string& block = blocks[count % 2];
        std::size_t const before = block.size();
        auto const other = 2 - count % 2; // authors are 1 and 2
        append_typed(block, count == 0 ? std::nullopt : std::optional<std::uint64_t>{other},
                     (count + 1) / 2 * word.size() - 1, word);
        size += block.size() - before;
    }
    std::string update{"\2"};
    for (std::uint64_t const author : {2, 1}) { // descending
        append_number(update, author == 1 ? (count + 1) / 2 : count / 2);
        append_number(update, author);
        append_number(update, 0);
        update += blocks[author - 1];
    }
    update += '\0';
    return update;
}

} // namespace benchmark
