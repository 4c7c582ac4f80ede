// Edits documents, so that document.py can count what one edit costs.
//
//     document_probe typing|scattered <characters> <edits>
//
// `typing` goes on where it was, `scattered` jumps about in a text of words that came at random places. Every
// edit is made in one document and received by another one.

#include <unisono/crdt/yjs/document.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

using namespace unisono;

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "see the top of document_probe.cpp\n");
        return 2;
    }
    bool const typing = std::string_view{argv[1]} == "typing";
    std::size_t const characters = std::strtoul(argv[2], nullptr, 10);
    std::size_t const edits = std::strtoul(argv[3], nullptr, 10);

    std::mt19937_64 random{characters};
    auto const place = [&](std::uint32_t length) { return static_cast<std::uint32_t>(random() % length); };
    yjs::document author{{.client_id = 3'000'000'001}};
    yjs::document reader{{.client_id = 3'000'000'002}};
    auto text = author.get_text("text");
    author.transact([&] {
        while (text.length() < characters)
            text.insert(place(text.length() + 1), "ten letter");
    });
    bool received = reader.apply_update(author.encode_state_as_update()).has_value();
    author.on_update([&](yjs::update_event const& event) {
        received = reader.apply_update(event.update).has_value() && received;
    });
    for (std::size_t i = 0; i < edits; ++i) {
        if (i % 4 == 3)
            text.erase(typing ? text.length() - 1 : place(text.length()), 1);
        else
            text.insert(typing ? text.length() : place(text.length() + 1), "x");
    }
    return received && text.to_string() == reader.get_text("text").to_string() ? 0 : 1;
}
