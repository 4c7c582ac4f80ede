// The document engine at one workload (see workloads.py): prints its figures as one line of JSON. What each
// figure means stands in README.md; peers/documents.mjs and peers/documents_rust measure others alike.
#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include "documents/measure.hpp"
#include "documents/workload.hpp"
#include "support/report.hpp"

#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace unisono;
using benchmark::edit;
using benchmark::median_of;
using benchmark::milliseconds;
using benchmark::report;

// As large as those that Yjs draws.
constexpr std::uint64_t first_client = 3'000'000'001;

void require(result<void> const& applied) {
    if (!applied)
        benchmark::die(applied.error().message());
}

/// A document that hands out its updates.
class replica {
public:
    explicit replica(std::uint64_t client = first_client) : doc{{.client_id = client}} {}

    template <class Listener>
    void on_local_update(Listener listener) {
        doc.on_update([listener = std::move(listener)](yjs::update_event const& event) {
            if (event.local)
                listener(event.update);
        });
    }

    void make(edit const& e) {
        if (!e.numbers.empty()) {
            numbers.insert(e.at, e.numbers);
        } else if (e.erased == 0) {
            text.insert(e.at, e.inserted);
        } else {
            doc.transact([&] {
                text.erase(e.at, e.erased);
                if (!e.inserted.empty())
                    text.insert(e.at, e.inserted);
            });
        }
    }
    void make(std::vector<edit> const& edits) {
        for (edit const& e : edits)
            make(e);
    }

    void apply(bytes_view update) { require(doc.apply_update(update)); }
    void apply_v2(bytes_view update) { require(doc.apply_update_v2(update)); }

    byte_buffer state() const { return doc.encode_state_as_update(); }
    byte_buffer state_v2() const { return doc.encode_state_as_update_v2(); }

    yjs::document doc;
    yjs::text text = doc.get_text("text");
    yjs::array numbers = doc.get_array("numbers");
};

void require_equal(replica const& a, replica const& b) {
    if (a.text.to_string() != b.text.to_string() || a.numbers.length() != b.numbers.length())
        benchmark::die("replicas differ");
}

replica loaded(bytes_view state) {
    replica made{first_client + 1};
    made.apply(state);
    return made;
}

replica loaded_v2(bytes_view state) {
    replica made{first_client + 1};
    made.apply_v2(state);
    return made;
}

/// One document is edited, another one follows, update by update.
void measure_edits(std::vector<edit> const& edits, report& figures) {
    figures.add("time", median_of([&] {
                    replica author;
                    replica reader{first_client + 1};
                    author.on_local_update([&](bytes_view update) { reader.apply(update); });
                    double const took = milliseconds([&] { author.make(edits); });
                    require_equal(author, reader);
                    return took;
                }));
}

/// Two write at the same time and exchange their updates then.
void measure_pair(std::string const& start, std::vector<edit> const (&edits)[2], report& figures) {
    figures.add("time", median_of([&] {
                    replica pair[]{replica{first_client}, replica{first_client + 1}};
                    pair[0].text.insert(0, start);
                    pair[1].apply(pair[0].state());
                    std::vector<byte_buffer> sent[2];
                    for (int i : {0, 1})
                        pair[i].on_local_update([&sent, i](bytes_view update) {
                            sent[i].emplace_back(update.begin(), update.end());
                        });
                    double const took = milliseconds([&] {
                        for (int i : {0, 1})
                            pair[i].make(edits[i]);
                        for (int i : {0, 1})
                            for (byte_buffer const& update : sent[1 - i])
                                pair[i].apply(update);
                    });
                    require_equal(pair[0], pair[1]);
                    return took;
                }));
}

byte_buffer act(std::string const& action, std::size_t i) {
    replica one{(first_client + i * 2'654'435'761) % 0x1'0000'0000}; // in no order
    auto map = one.doc.get_map("map");
    auto const number = static_cast<std::int64_t>(i);
    if (action == "number")
        map.set("v", number);
    else if (action == "object")
        map.set("v", any_object{{{"name", std::to_string(i)}, {"address", "here"}}});
    else if (action == "string")
        map.set("v", std::string(77, static_cast<char>('a' + i % 26)));
    else
        one.doc.get_array("array").insert_type<yjs::text>(0).insert(0, "word" + std::to_string(i));
    return one.state();
}

/// Many write one thing each; one document hears of all of it.
void measure_crowd(std::size_t clients, std::string const& action, report& figures) {
    std::vector<byte_buffer> updates;
    for (std::size_t i = 0; i < clients; ++i)
        updates.push_back(act(action, i));
    auto const apply_all = [&](replica& to) {
        for (byte_buffer const& update : updates)
            to.apply(update);
    };
    figures.add("one transaction", median_of([&] {
                    replica reader{first_client - 1};
                    return milliseconds([&] { reader.doc.transact([&] { apply_all(reader); }); });
                }));
    figures.add("one by one", median_of([&] {
                    replica reader{first_client - 1};
                    return milliseconds([&] { apply_all(reader); });
                }));
}

void measure_received(std::vector<byte_buffer> const& updates, report& figures) {
    figures.add("received one by one", median_of([&] {
                    replica reader{first_client + 1};
                    return milliseconds([&] {
                        for (byte_buffer const& update : updates)
                            reader.apply(update);
                    });
                }));
}

/// Keeps a state for a process that begins with loading it.
void save(std::string const& path, bytes_view state) {
    if (!path.empty())
        std::ofstream{path, std::ios::binary} << as_text(state);
}

/// What whoever opens a document first sees: nothing is in a cache, and memory comes from the system.
void measure_first_load(std::string const& path, report& figures) {
    std::string const state = benchmark::read_file(path);
    figures.add("load V1 and read, first in the process",
                milliseconds([&] { loaded(as_bytes(state)).text.to_string(); }));
}

void measure_state(replica const& written, std::string const& saved, report& figures) {
    byte_buffer const v1 = written.state();
    save(saved, v1);
    byte_buffer const v2 = written.state_v2();
    figures.add("encode V1", median_of([&] { return milliseconds([&] { written.state(); }); }));
    figures.add("encode V2", median_of([&] { return milliseconds([&] { written.state_v2(); }); }));
    figures.add("load V1 and read",
                median_of([&] { return milliseconds([&] { loaded(v1).text.to_string(); }); }));
    figures.add("load V2 and read",
                median_of([&] { return milliseconds([&] { loaded_v2(v2).text.to_string(); }); }));
    auto const open = benchmark::memory_of([&] { return loaded(v1); });
    figures.add("MB resident, loaded", open.resident);
    figures.add("MB of heap, loaded", open.heap);
    // What a server keeps of a document nobody has open.
    struct closed_document {
        byte_buffer state;
        byte_buffer vector;
    };
    auto const closed = benchmark::memory_of([&] {
        return closed_document{v2, yjs::state_vector_from_update(v1).value()};
    });
    figures.add("MB resident, encoded", closed.resident);
    figures.add("bytes, V1", static_cast<double>(v1.size()));
    figures.add("bytes, V2", static_cast<double>(v2.size()));
}

void measure_update_operations(std::span<byte_buffer const> updates, replica const& written,
                               report& figures) {
    std::vector<bytes_view> const all(updates.begin(), updates.end());
    auto const measure = [&](std::string const& name, auto&& work) {
        figures.add(name, median_of([&] { return milliseconds([&] { work().value(); }); }));
    };
    for (std::size_t count : {1000U, 10'000U, 100'000U})
        if (count <= all.size())
            measure("merge " + std::to_string(count) + " updates",
                    [&] { return yjs::merge_updates(std::span{all}.first(count)); });
    byte_buffer const v1 = written.state();
    byte_buffer const v2 = written.state_v2();
    yjs::state_vector const full = written.doc.state();
    yjs::state_vector half;
    for (auto const& [client, clock] : full.entries())
        half.set(client, clock / 2);
    auto const known = half.encode();
    measure("difference to the half", [&] { return yjs::diff_update(v1, known); });
    measure("state vector", [&] { return yjs::state_vector_from_update(v1); });
    measure("V1 to V2", [&] { return yjs::convert_update_v1_to_v2(v1); });
    measure("V2 to V1", [&] { return yjs::convert_update_v2_to_v1(v2); });
}

/// A long editing history of one author.
void measure_trace(std::vector<edit> const& edits, std::string const& saved, report& figures) {
    std::size_t sent = 0;
    figures.add("typed", median_of([&] {
                    replica author;
                    sent = 0;
                    author.on_local_update([&](bytes_view update) { sent += update.size(); });
                    return milliseconds([&] { author.make(edits); });
                }));
    figures.add("typed, nobody listens", median_of([&] {
                    replica author;
                    return milliseconds([&] { author.make(edits); });
                }));
    replica author;
    std::vector<byte_buffer> updates;
    updates.reserve(edits.size());
    author.on_local_update([&](bytes_view update) { updates.emplace_back(update.begin(), update.end()); });
    author.make(edits);
    figures.add("bytes, all updates", static_cast<double>(sent));
    measure_received(updates, figures);
    measure_update_operations(updates, author, figures);
    measure_state(author, saved, figures);
}

/// Updates of several authors, recorded by peers/record.mjs.
void measure_recorded(std::vector<byte_buffer> const& updates, std::string const& saved, report& figures) {
    measure_received(updates, figures);
    replica written;
    for (byte_buffer const& update : updates)
        written.apply(update);
    byte_buffer const v1 = written.state();
    save(saved, v1);
    figures.add("load V1 and read",
                median_of([&] { return milliseconds([&] { loaded(v1).text.to_string(); }); }));
}

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options{
        argc, argv, {{"contender", "unisono"}, {"workload", ""}, {"save", ""}, {"first-load", ""}}};
    if (std::string const& state = options.text("first-load"); !state.empty()) {
        report figures;
        measure_first_load(state, figures);
        figures.print();
        return 0;
    }
    std::string const path = options.text("workload");
    auto const workload =
        json::parse(benchmark::read_file(path), {.size = 256 << 20, .depth = 8, .values = 16 << 20});
    if (!workload)
        benchmark::die(path + ": " + workload.error().message());
    auto const root = workload->root();
    std::string const kind{root["kind"].as_string().value()};
    report figures;
    if (kind == "trace") {
        measure_trace(benchmark::read_edits(root["edits"]), options.text("save"), figures);
    } else if (kind == "pair") {
        measure_pair(std::string{root["start"].as_string().value()},
                     {benchmark::read_edits(root["edits"][0]), benchmark::read_edits(root["edits"][1])},
                     figures);
    } else if (kind == "crowd") {
        measure_crowd(static_cast<std::size_t>(root["clients"].as_int64().value()),
                      std::string{root["action"].as_string().value()}, figures);
    } else if (kind == "concurrent") {
        measure_recorded(benchmark::read_updates(path + ".updates"), options.text("save"), figures);
    } else {
        measure_edits(benchmark::read_edits(root["edits"]), figures);
    }
    figures.print();
}
