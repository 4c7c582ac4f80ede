#include "inspect.hpp"

#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include "roots.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

using unisono::byte_buffer;
using unisono::bytes_view;
using unisono::result;
namespace yjs = unisono::yjs;

namespace {

struct tally {
    std::uint64_t structs = 0;
    std::uint64_t elements = 0;
    std::uint64_t bytes = 0; // of the content
};

struct client_summary {
    std::uint64_t client = 0;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::uint64_t structs = 0;
    std::uint64_t missing = 0; // elements in holes
};

struct summary {
    std::array<tally, 11> kinds = {}; // by struct_kind
    tally total;
    std::vector<client_summary> clients;
    std::vector<yjs::delete_range> deleted;
};

/// Precondition: `v1` is valid.
summary summarize(bytes_view v1) {
    summary result;
    unisono::lib0_reader in{v1};
    for (std::uint64_t blocks = in.var_uint(); blocks > 0; --blocks) {
        auto const block = yjs::read_struct_block_v1(in);
        client_summary client{block.client, block.clock, block.clock, block.count, 0};
        yjs::struct_reader_v1 reader{block, {}};
        for (yjs::struct_view current; reader.next(current);) {
            client.to = current.end();
            if (current.kind == yjs::struct_kind::skip)
                client.missing += current.length;
            for (tally* t : {&result.kinds[static_cast<std::size_t>(current.kind)], &result.total}) {
                ++t->structs;
                t->elements += current.length;
                t->bytes += current.content.size();
            }
        }
        in = reader.input();
        result.clients.push_back(client);
    }
    yjs::read_delete_ranges(in, {}, result.deleted);
    return result;
}

template <class... Values>
void print(std::string& to, char const* format, Values... values) {
    char line[160];
    std::snprintf(line, sizeof line, format, values...);
    to += line;
}

using number = unsigned long long;

void print_kinds(std::string& to, summary const& s) {
    constexpr std::string_view names[] = {"forgotten", "deleted", "json", "binary", "text", "embed",
                                          "format",    "type",    "any",  "doc",    "skip"};
    print(to, "\n%-12s %12s %12s %12s\n", "kind", "structs", "elements", "bytes");
    for (std::size_t kind = 0; kind < s.kinds.size(); ++kind) {
        auto const& t = s.kinds[kind];
        if (t.structs > 0)
            print(to, "%-12s %12llu %12llu %12llu\n", names[kind].data(), number{t.structs},
                  number{t.elements}, number{t.bytes});
    }
    print(to, "%-12s %12llu %12llu %12llu\n", "all", number{s.total.structs}, number{s.total.elements},
          number{s.total.bytes});
}

void print_clients(std::string& to, summary const& s) {
    if (s.clients.empty())
        return;
    print(to, "\n%-17s %12s %12s %12s %12s\n", "client", "from clock", "to clock", "structs", "missing");
    for (auto const& c : s.clients)
        print(to, "%-17llu %12llu %12llu %12llu %12llu\n", number{c.client}, number{c.from}, number{c.to},
              number{c.structs}, number{c.missing});
}

void print_deleted(std::string& to, summary const& s) {
    if (s.deleted.empty())
        return;
    print(to, "\n%-17s %12s %12s\n", "client", "ranges", "deleted");
    yjs::delete_set const set{s.deleted};
    auto const ranges = set.ranges();
    for (std::size_t i = 0; i < ranges.size();) {
        std::uint64_t const client = ranges[i].client;
        std::uint64_t count = 0, elements = 0;
        for (; i < ranges.size() && ranges[i].client == client; ++i, ++count)
            elements += ranges[i].length;
        print(to, "%-17llu %12llu %12llu\n", number{client}, number{count}, number{elements});
    }
}

} // namespace

result<std::string> inspect(bytes_view update) {
    // No update is valid in both forms but by an extreme accident, and people seldom know which one they
    // have.
    bool const is_v1 = yjs::validate_update(update).has_value();
    auto const v1 = is_v1 ? result<byte_buffer>{byte_buffer(update.begin(), update.end())}
                          : yjs::convert_update_v2_to_v1(update, {}, yjs::key_marks::kept);
    if (!v1)
        return v1.error();
    auto const v2 = yjs::convert_update_v1_to_v2(*v1, {}, yjs::key_marks::kept);

    std::string text;
    print(text, "form %d, %llu bytes (", is_v1 ? 1 : 2, number{update.size()});
    if (v2)
        print(text, "V1 %llu, V2 %llu)\n", number{v1->size()}, number{v2->size()});
    else
        print(text, "V2 impossible: %s)\n", v2.error().message().c_str());
    summary const s = summarize(*v1);
    print_clients(text, s);
    print_kinds(text, s);
    print_deleted(text, s);
    auto const roots = describe_roots(*v1);
    if (!roots)
        return roots.error();
    return text + *roots;
}
