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

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; !rest.empty(); shift += 7) {
            auto const byte = static_cast<unsigned char>(rest.front());
            rest.remove_prefix(1);
            value |= std::uint64_t{byte & 127U} << shift;
            if (byte < 128)
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

/// Who typed an update of that kind, and when by its own clock.
struct keystroke {
    std::uint64_t author;
    std::uint64_t clock;
};
inline keystroke read_typed(std::string_view update) {
    wire_reader in{update};
    in.number();
    in.number();
    auto const author = in.number();
    return {author, in.number()};
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
