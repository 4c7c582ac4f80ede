// What does a server of Yjs documents take for an edit that others see, for a document that is open, and for
// a document that somebody opens?
//
// typing   some clients of each document type, one character an update; all clients of it get that. With
//          --rate so many updates leave in a second, else the next one when the last was delivered to all.
// memory   documents are opened by one client each and written to, beside as many clients of one document
// write    one document of --size bytes is written
// open     a new client opens it, which nobody has open: from connecting to having all of it
//
// Speaks y-websocket, or with --hocuspocus the protocol of Hocuspocus.

#include "document_server/yjs_wire.hpp"
#include "support/crowd.hpp"
#include "support/histogram.hpp"
#include "support/measure.hpp"
#include "support/options.hpp"
#include "support/process_usage.hpp"
#include "support/websocket.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using benchmark::die;
using benchmark::now;

namespace {

constexpr std::uint64_t first_author = 1000; ///< the authors of clients have four or five digits

class generator : public benchmark::crowd<generator> {
public:
    generator(sockaddr_in const& server, std::string path, bool hocuspocus)
        : crowd(server), path_(std::move(path)), hocuspocus_(hocuspocus) {}

    /// Opens a document for `clients` more clients, and waits until the server has answered them.
    std::size_t open_document(std::size_t clients) {
        std::size_t const d = documents_.size();
        auto& made = *documents_.emplace_back(std::make_unique<document>());
        made.name = "document-" + std::to_string(d);
        made.request = benchmark::upgrade_request(
            hocuspocus_ ? path_ : path_ + (path_.back() == '/' ? "" : "/") + made.name);
        join(d, clients);
        return d;
    }
    void join(std::size_t d, std::size_t clients) {
        for (std::size_t i = 0; i < clients; ++i) {
            auto& m = members_.emplace_back();
            m.in = d;
            documents_[d]->members.push_back(members_.size() - 1);
        }
        open_all(clients, documents_[d]->request);
        wait([&] { return synced_ == members_.size(); });
    }

    void write(std::size_t member, std::string_view update) {
        send(*clients()[member], message(documents_[members_[member].in]->name, 2, update));
    }
    /// Types one character; somebody else's turn next time.
    void type(std::size_t d, std::size_t writers) {
        auto& at = *documents_[d];
        auto const who = at.members[at.turn++ % writers];
        auto& m = members_[who];
        auto const clock = m.departures.size();
        m.departures.push_back(now());
        at.outstanding += at.members.size() - 1;
        write(who, benchmark::typed(first_author + who, clock, "x"));
    }

    std::size_t documents() const { return documents_.size(); }
    std::uint64_t received() const { return received_; }

    // For measure():
    void run_for(double seconds) {
        auto const end = now() + static_cast<std::uint64_t>(seconds * 1e9);
        std::uint64_t const start = now();
        std::uint64_t sent = 0;
        std::size_t next = 0;
        for (auto at = start; at < end; at = now()) {
            if (rate > 0) {
                auto const due = static_cast<std::uint64_t>(static_cast<double>(at - start) / 1e9 * rate);
                for (; sent < due; ++sent)
                    type(next++ % documents(), writers);
            } else {
                for (std::size_t d = 0; d < documents(); ++d)
                    while (documents_[d]->outstanding <=
                           (in_flight - 1) * (documents_[d]->members.size() - 1))
                        type(d, writers);
            }
            turn(rate > 0 ? 1 : 100);
        }
    }
    benchmark::histogram& latency() { return latency_; }

    double rate = 0;
    std::size_t writers = 1;
    std::size_t in_flight = 1;

    // For crowd:
    void on_open(client& c) {
        auto const& name = documents_[members_[c.index].in]->name;
        std::string const nothing(1, '\0');
        if (hocuspocus_) {
            std::string token;
            benchmark::append_sized(token, name);
            token += std::string_view{"\2\0\0", 3};
            send(c, frame(token));
        }
        send(c, message(name, 0, nothing));
    }

    std::string_view on_bytes(client& c, std::string_view bytes) {
        auto const at = now();
        while (auto const f = benchmark::read_frame(bytes)) {
            if (f->first_byte() == 0x82)
                take(c, f->body, at);
            else if (f->first_byte() == 0x89)
                send(c, control(0x8A, f->body));
            else
                die("unexpected frame from the server: " + std::string(f->body));
            bytes.remove_prefix(f->size);
        }
        return bytes;
    }

    template <class Condition>
    void wait(Condition condition) {
        auto const deadline = now() + 60'000'000'000U;
        while (!condition()) {
            turn(100);
            if (now() > deadline)
                die("the server does not answer");
        }
    }

private:
    struct document {
        std::string name;
        std::string request;
        std::vector<std::size_t> members;
        std::size_t turn = 0;
        std::uint64_t outstanding = 0; ///< deliveries
    };
    struct member {
        std::size_t in = 0;
        bool synced = false;
        std::vector<std::uint64_t> departures; ///< of what it typed, by clock
    };

    static std::string control(unsigned first_byte, std::string_view body) {
        std::string bytes;
        benchmark::append_masked(bytes, first_byte, body);
        return bytes;
    }
    static std::string frame(std::string_view body) { return control(0x82, body); }

    /// A sync message.
    std::string message(std::string_view document, char step, std::string_view body) const {
        std::string bytes;
        if (hocuspocus_)
            benchmark::append_sized(bytes, document);
        bytes += '\0';
        bytes += step;
        benchmark::append_sized(bytes, body);
        return frame(bytes);
    }

    void take(client& c, std::string_view body, std::uint64_t at) {
        received_ += body.size();
        benchmark::wire_reader in{body};
        if (hocuspocus_)
            in.sized();
        if (in.number() != 0)
            return;
        auto const step = in.number();
        auto& m = members_[c.index];
        if (step == 1 && !m.synced) {
            m.synced = true;
            ++synced_;
        }
        if (step != 2)
            return;
        benchmark::for_each_typed(in.sized(), first_author, [&](std::uint64_t author, std::uint64_t clock) {
            auto const who = author - first_author;
            if (who == c.index || who >= members_.size() || clock >= members_[who].departures.size())
                return; // an echo
            latency_.add(at - members_[who].departures[clock]);
            --documents_[m.in]->outstanding;
        });
    }

    std::string path_;
    bool hocuspocus_;
    std::vector<std::unique_ptr<document>> documents_; ///< their requests must stay where they are
    std::vector<member> members_;                      ///< as clients()
    std::size_t synced_ = 0;
    std::uint64_t received_ = 0;
    benchmark::histogram latency_;
};

benchmark::report typing(generator& load, benchmark::options const& options, int pid) {
    auto const clients = static_cast<std::size_t>(options.number("clients"));
    for (double d = 0; d < options.number("documents"); ++d)
        load.open_document(clients);
    load.rate = options.number("rate");
    load.writers = static_cast<std::size_t>(options.number("writers"));
    load.in_flight = static_cast<std::size_t>(options.number("in-flight"));
    auto result = benchmark::measure(load, pid, options.number("warmup"), options.number("seconds"));
    result.add("updates_per_cpu_second", 1e6 / result.value("cpu_us"));
    return result;
}

benchmark::report memory(generator& load, benchmark::options const& options, int pid) {
    auto const settle = [] {
        std::this_thread::sleep_for(std::chrono::seconds(3));
    }; // a debounced store, too
    auto const count = static_cast<std::size_t>(options.number("documents"));
    auto const text = benchmark::written_by_two(static_cast<std::size_t>(options.number("size")));
    load.open_document(count); // the price of a connection, and what only comes once
    load.write(0, text);
    settle();
    auto const before = benchmark::resident_memory(pid);
    load.join(0, count);
    settle();
    auto const connected = benchmark::resident_memory(pid);
    for (std::size_t i = 0; i < count; ++i) {
        load.open_document(1);
        load.write(2 * count + i, text);
    }
    settle();
    auto const all = benchmark::resident_memory(pid);
    benchmark::report result;
    auto const each = [&](std::uint64_t from, std::uint64_t to) {
        return (static_cast<double>(to) - static_cast<double>(from)) / 1e3 / static_cast<double>(count);
    };
    result.add("connection_kb", each(before, connected));
    result.add("document_kb", each(connected, all) - each(before, connected));
    return result;
}

benchmark::report write(generator& load, benchmark::options const& options) {
    auto const update = benchmark::written_by_two(static_cast<std::size_t>(options.number("size")));
    load.open_document(1);
    auto const before = load.received();
    load.write(0, update);
    std::this_thread::sleep_for(std::chrono::seconds(4)); // until even a debounced store has it
    load.join(0, 1);
    load.wait([&] { return load.received() > before + update.size() * 9 / 10; });
    benchmark::report result;
    result.add("bytes", static_cast<double>(update.size()));
    return result;
}

benchmark::report open(generator& load, benchmark::options const& options, int pid) {
    auto const size = options.number("size") * 9 / 10;
    auto const cpu = benchmark::cpu_time(pid);
    auto const begun = now();
    load.open_document(1);
    load.wait([&] { return static_cast<double>(load.received()) > size; });
    benchmark::report result;
    result.add("open_ms", static_cast<double>(now() - begun) / 1e6);
    result.add("open_cpu_ms", static_cast<double>(benchmark::cpu_time(pid) - cpu) / 1e6);
    return result;
}

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options(argc, argv,
                                     {{"what", "typing"},
                                      {"port", "9000"},
                                      {"pid", "0"},
                                      {"path", "/"},
                                      {"hocuspocus", benchmark::options::off},
                                      {"documents", "100"},
                                      {"clients", "10"},
                                      {"writers", "2"},
                                      {"in-flight", "1"},
                                      {"rate", "0"},
                                      {"size", "1000000"},
                                      {"seconds", "5"},
                                      {"warmup", "1"}});
    int const pid = static_cast<int>(options.number("pid"));
    benchmark::raise_descriptor_limit();
    generator load(benchmark::loopback(options.number("port")), options.text("path"),
                   options.flag("hocuspocus"));
    auto const& what = options.text("what");
    if (what == "typing")
        typing(load, options, pid).print();
    else if (what == "memory")
        memory(load, options, pid).print();
    else if (what == "write")
        write(load, options).print();
    else if (what == "open")
        open(load, options, pid).print();
    else
        die("--what is typing, memory, write or open");
}
