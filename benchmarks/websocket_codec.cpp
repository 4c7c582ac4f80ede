// How fast the WebSocket machines are by themselves: masks, UTF-8 and whole frames, in memory that is in the
// cache. One line each, GB/s; the best of several rounds, for the others were interrupted.

#include <unisono/wire/detail/utf8_stream.hpp>
#include <unisono/wire/detail/websocket_mask.hpp>
#include <unisono/wire/websocket_decoder.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr std::size_t block = 64 * 1024;
constexpr std::size_t round_bytes = std::size_t{256} * 1024 * 1024;

/// `work()` handles `bytes` bytes and returns whether it went well.
template <class Work>
void measure(char const* what, std::size_t bytes, Work&& work) {
    double best = 0;
    for (int round = 0; round < 7; ++round) {
        std::size_t done = 0;
        auto const start = std::chrono::steady_clock::now();
        for (; done < round_bytes; done += bytes)
            if (!work()) {
                std::fprintf(stderr, "%s: wrong\n", what);
                std::exit(1);
            }
        std::chrono::duration<double> const took = std::chrono::steady_clock::now() - start;
        best = std::max(best, static_cast<double>(done) / took.count() / 1e9);
    }
    std::printf("%-28s %6.2f GB/s\n", what, best);
}

std::string repeated(std::string const& piece, std::size_t size) {
    std::string text;
    while (text.size() + piece.size() <= size)
        text += piece;
    return text;
}

void measure_utf8(char const* what, std::string const& text) {
    measure(what, text.size(), [&] {
        unisono::detail::utf8_stream stream;
        return stream.consume(unisono::as_bytes(text)) && stream.complete();
    });
}

/// Frames of one size behind each other, as a read brings them.
void measure_frames(char const* what, unisono::websocket_opcode opcode, std::size_t size) {
    unisono::byte_buffer frames;
    std::string const body(size, 'x');
    std::size_t count = 0;
    for (; count == 0 || frames.size() + size + 14 < block; ++count)
        unisono::append_masked_frame(frames, opcode, unisono::as_bytes(body), 0x37fa213d);
    unisono::byte_buffer input = frames;
    measure(what, frames.size(), [&] {
        std::copy(frames.begin(), frames.end(), input.begin()); // decoding unmasks in place
        unisono::websocket_decoder decoder;
        unisono::mutable_bytes rest{input};
        std::size_t messages = 0;
        while (auto const event = decoder.next(rest))
            messages += event->body.size() == size;
        return messages == count;
    });
}

} // namespace

int main() {
    unisono::byte_buffer bytes(block);
    measure("mask", block, [&] {
        unisono::detail::apply_mask(bytes, 0x37fa213d);
        return true;
    });
    measure("mask, odd place", block - 3, [&] {
        unisono::detail::apply_mask(unisono::mutable_bytes{bytes}.subspan(3), 0x37fa213d, 1);
        return true;
    });
    measure_utf8("utf-8, ASCII", std::string(block, 'a'));
    measure_utf8("utf-8, an accent in 20", repeated("le caf\xc3\xa9 est si noir ", block));
    measure_utf8("utf-8, Cyrillic", repeated("\xd1\x81\xd0\xbb\xd0\xbe\xd0\xb2\xd0\xbe ", block));
    measure_utf8("utf-8, Chinese", repeated("\xe4\xbd\xa0\xe5\xa5\xbd", block));
    measure_utf8("utf-8, emoji", repeated("\xf0\x9f\x99\x82", block));
    using op = unisono::websocket_opcode;
    measure_frames("frames of 64 B, binary", op::binary, 64);
    measure_frames("frames of 64 B, text", op::text, 64);
    measure_frames("frames of 1 KiB, text", op::text, 1024);
    measure_frames("frames of 64 KiB, binary", op::binary, 64 * 1024);
    measure_frames("frames of 64 KiB, text", op::text, 64 * 1024);
}
