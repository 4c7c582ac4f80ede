// Does the cost of an edit depend on the size of the document? Nanoseconds per edit, for one size and in one
// line of JSON; see documents/run_scaling.
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include "documents/measure.hpp"
#include "support/options.hpp"
#include "support/report.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace unisono;
using benchmark::milliseconds;

constexpr std::uint64_t first_client = 3'000'000'001;
constexpr std::size_t edits = 2000;
constexpr std::size_t word = 10;

// The largest document has more structs than one update may hold by default.
constexpr yjs::update_limits limits{.structs = 100'000'000, .delete_ranges = 100'000'000};

using random_numbers = std::mt19937_64;

std::uint32_t below(random_numbers& random, std::size_t end) {
    return static_cast<std::uint32_t>(random() % end);
}

/// A text of that many characters that came in words at random places, so it is as scattered as can be.
yjs::document scattered(std::size_t size, random_numbers& random) {
    yjs::document doc{{.client_id = first_client}};
    auto text = doc.get_text("text");
    doc.transact([&] {
        for (std::size_t length = 0; length < size; length += word)
            text.insert(below(random, length + 1), std::string(word, 'x'));
    });
    return doc;
}

/// Times `edit(text)` and what another replica of the document needs to follow, which may be 0 edits.
template <class Edit>
void measure(std::string const& name, yjs::document& author, yjs::document& reader, Edit&& edit,
             benchmark::report& figures) {
    auto text = author.get_text("text");
    edit(text); // finds its place, which may need an index
    if (!reader.apply_update(author.encode_state_as_update(reader.state())))
        benchmark::die("an update was refused");
    std::vector<byte_buffer> updates;
    auto const listener = author.on_update(
        [&](auto const& event) { updates.emplace_back(event.update.begin(), event.update.end()); });
    auto const each = 1e6 / edits;
    figures.add(name, each * milliseconds([&] {
                          for (std::size_t i = 0; i < edits; ++i)
                              edit(text);
                      }));
    author.remove_update_listener(listener);
    figures.add(name + ", received", each * milliseconds([&] {
                                         for (byte_buffer const& update : updates)
                                             reader.apply_update(update).error();
                                     }));
}

/// A document that kept all it deleted, taken in by one that forgets: per struct (yjs #283 and #541).
double forget(std::size_t size) {
    yjs::document keeping{{.client_id = first_client, .gc = false}};
    auto text = keeping.get_text("text");
    std::size_t structs = 0;
    keeping.transact([&] {
        // From the end to the front, so that no word continues the one before; every other one stays.
        for (std::size_t length = 0; length < size; length += word, ++structs)
            text.insert(0, std::string(word, 'x'));
        for (std::size_t i = 0; i < structs / 2; ++i)
            text.erase(static_cast<std::uint32_t>(i * word), word);
    });
    byte_buffer const state = keeping.encode_state_as_update();
    yjs::document forgetting{{.client_id = first_client + 1, .limits = limits}};
    return 1e6 / static_cast<double>(structs) * milliseconds([&] { forgetting.apply_update(state).error(); });
}

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options{argc, argv, {{"size", "1000"}}};
    auto const size = static_cast<std::size_t>(options.number("size"));
    random_numbers random{size};
    benchmark::report figures;

    yjs::document author = scattered(size, random);
    yjs::document reader{{.client_id = first_client + 1, .limits = limits}};
    figures.add("load, per word",
                milliseconds([&] { reader.apply_update(author.encode_state_as_update()).error(); }) * 1e6 /
                    static_cast<double>(size / word));
    auto const run = [&](std::string const& name, auto&& edit) {
        measure(name, author, reader, edit, figures);
    };
    run("append", [](yjs::text& text) { text.insert(text.length(), "x"); });
    run("prepend", [](yjs::text& text) { text.insert(0, "x"); });
    std::uint32_t at = static_cast<std::uint32_t>(size / 2);
    run("type in the middle", [&](yjs::text& text) { text.insert(at++, "x"); });
    run("insert at random", [&](yjs::text& text) { text.insert(below(random, text.length()), "x"); });
    run("delete at random", [&](yjs::text& text) { text.erase(below(random, text.length() - 1), 1); });
    figures.add("forget (yjs #283, #541), per word", forget(size));
    figures.print();
}
