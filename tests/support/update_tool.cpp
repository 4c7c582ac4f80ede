// Answers one JSON request per line with one JSON answer per line, so that other languages can test the
// operations on Yjs updates against theirs. See interop/updates_differential.test.mjs.
#include <unisono/codec/json_document.hpp>
#include <unisono/codec/json_writer.hpp>
#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/update.hpp>
#include <unisono/crdt/yjs/update_v2.hpp>

#include "support/vectors.hpp"

#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace unisono;

result<byte_buffer> answer(json::value request) {
    auto const updates = test::all_bytes_of(request["updates"]);
    std::vector<bytes_view> const views{updates.begin(), updates.end()};
    auto const op = request["op"].as_string().value();
    bool const v2 = request["v"].as_int64() == 2;
    if (op == "merge")
        return v2 ? yjs::merge_updates_v2(views) : yjs::merge_updates(views);
    if (op == "compact")
        return v2 ? yjs::compact_updates_v2(views) : yjs::compact_updates(views);
    if (op == "diff") {
        auto const known = test::bytes_of(request["state_vector"]);
        return v2 ? yjs::diff_update_v2(views.at(0), known) : yjs::diff_update(views.at(0), known);
    }
    if (op == "state_vector")
        return v2 ? yjs::state_vector_from_update_v2(views.at(0))
                  : yjs::state_vector_from_update(views.at(0));
    if (op == "convert" || op == "convert_state") {
        auto const marks = op == "convert" ? yjs::key_marks::dropped : yjs::key_marks::kept;
        return v2 ? yjs::convert_update_v2_to_v1(views.at(0), {}, marks)
                  : yjs::convert_update_v1_to_v2(views.at(0), {}, marks);
    }
    auto const valid = v2 ? yjs::validate_update_v2(views.at(0)) : yjs::validate_update(views.at(0));
    return valid ? result<byte_buffer>{byte_buffer{}} : valid.error();
}

} // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        auto const request = json::parse(line, {.size = 64 << 20, .values = 1 << 20}).value();
        auto const bytes = answer(request.root());
        std::string text;
        json::writer writer{text};
        writer.object([&] {
            if (bytes)
                writer.member("bytes", test::to_hex(*bytes));
            else
                writer.member("error", bytes.error().message());
        });
        std::cout << text << std::endl;
    }
}
