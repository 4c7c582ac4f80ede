// How much does a server pay to hand one message to everybody in a room?
//
// N receivers in one room, WebSockets or event streams; a WebSocket publishes and everybody receives. Either
// the next message leaves when the window has room, or messages leave at a fixed rate. Some receivers may
// stop reading. Works with any server that sends a WebSocket message to all connections, its sender included.

#include "support/crowd.hpp"
#include "support/histogram.hpp"
#include "support/measure.hpp"
#include "support/options.hpp"
#include "support/process_usage.hpp"
#include "support/stamp.hpp"
#include "support/websocket.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

using benchmark::die;
using benchmark::now;

namespace {

struct settings {
    std::size_t connections;
    std::size_t stalled; ///< of them, read nothing after the handshake
    std::size_t size;
    std::size_t in_flight;
    double rate; ///< messages per second; 0: as the window allows
    bool events; ///< receivers are event streams
};

class generator : public benchmark::crowd<generator> {
public:
    generator(sockaddr_in const& server, settings const& s, std::string const& room,
              std::string const& events)
        : crowd(server),
          settings_(s),
          room_(benchmark::upgrade_request(room)),
          events_(benchmark::event_stream_request(events)) {}

    void connect_all() {
        auto const& request = settings_.events ? events_ : room_;
        open_all(settings_.stalled, request, 4096);
        open_all(settings_.connections - settings_.stalled, request);
        if (settings_.events)
            open_all(1, room_);
        publisher_ = clients().back().get();
    }

    void stall_some() {
        for (std::size_t i = 0; i < settings_.stalled; ++i)
            stall(*clients()[i]);
        readers_ = settings_.connections - settings_.stalled;
    }

    void run_for(double seconds) {
        std::uint64_t const start = now();
        std::uint64_t const end = start + static_cast<std::uint64_t>(seconds * 1e9);
        std::uint64_t sent = 0;
        for (std::uint64_t at = start; at < end; at = now()) {
            if (settings_.rate > 0) {
                auto const due =
                    static_cast<std::uint64_t>(static_cast<double>(at - start) / 1e9 * settings_.rate);
                for (; sent < due; ++sent)
                    publish();
            } else {
                // The window bounds undelivered copies: a connection that runs ahead frees no second message.
                while (published_ * readers_ < delivered_ + settings_.in_flight * readers_)
                    publish();
            }
            if (!batch_.empty()) {
                send(*publisher_, batch_);
                batch_.clear();
            }
            turn(settings_.rate > 0 ? 1 : 100);
        }
    }

    benchmark::histogram& latency() { return latency_; }

    void on_open(client&) {}

    std::string_view on_bytes(client& c, std::string_view bytes) {
        std::uint64_t const received_at = now();
        bool const websocket = !settings_.events || &c == publisher_;
        return websocket ? take_frames(c, bytes, received_at) : take_events(bytes, received_at);
    }

private:
    std::string_view take_frames(client& c, std::string_view bytes, std::uint64_t received_at) {
        while (auto const f = benchmark::read_frame(bytes)) {
            switch (f->first_byte()) {
            case 0x81:
                if (!settings_.events)
                    note(f->body, received_at);
                break;
            case 0x89: {
                std::string pong;
                benchmark::append_masked(pong, 0x8A, f->body);
                send(c, pong);
                break;
            }
            default:
                die("unexpected frame from the server");
            }
            bytes.remove_prefix(f->size);
        }
        return bytes;
    }

    // Chunk sizes, ids and comments are passed over: an event is known by its first line of data.
    std::string_view take_events(std::string_view bytes, std::uint64_t received_at) {
        for (;;) {
            auto const end = bytes.find("\n\n");
            if (end == std::string_view::npos)
                return bytes;
            std::string_view const block = bytes.substr(0, end);
            if (auto const data = block.find("data: "); data != std::string_view::npos)
                note(block.substr(data + 6), received_at);
            bytes.remove_prefix(end + 2);
        }
    }

    void note(std::string_view body, std::uint64_t received_at) {
        ++delivered_;
        latency_.add(received_at - benchmark::departure_of(body));
    }

    void publish() {
        benchmark::append_masked(batch_, 0x81, benchmark::stamped_message(settings_.size));
        ++published_;
    }

    settings settings_;
    std::string room_;
    std::string events_;
    client* publisher_ = nullptr;
    std::string batch_; ///< published, not sent yet
    std::size_t readers_ = settings_.connections;
    std::uint64_t published_ = 0;
    std::uint64_t delivered_ = 0;
    benchmark::histogram latency_;
};

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options(argc, argv,
                                     {{"port", "9000"},
                                      {"pid", "0"},
                                      {"path", "/"},
                                      {"event-path", "/events"},
                                      {"events", benchmark::options::off},
                                      {"connections", "1000"},
                                      {"stalled", "0"},
                                      {"size", "64"},
                                      {"in-flight", "1"},
                                      {"rate", "0"},
                                      {"seconds", "5"},
                                      {"warmup", "1"}});
    auto const count = [&](char const* name) { return static_cast<std::size_t>(options.number(name)); };
    settings const s{count("connections"), count("stalled"),       count("size"),
                     count("in-flight"),   options.number("rate"), options.flag("events")};
    double const seconds = options.number("seconds");
    if (s.connections <= s.stalled || s.in_flight == 0 || s.size < benchmark::stamp_size || seconds <= 0)
        die("somebody must read, --in-flight and --seconds be positive, and --size hold a timestamp of 16");
    int const pid = static_cast<int>(options.number("pid"));
    benchmark::raise_descriptor_limit();

    generator load(benchmark::loopback(options.number("port")), s, options.text("path"),
                   options.text("event-path"));
    load.connect_all();
    std::this_thread::sleep_for(std::chrono::milliseconds(200)); // what the handshakes left behind settles
    auto const memory = static_cast<double>(benchmark::resident_memory(pid));
    load.stall_some();
    auto report = benchmark::measure(load, pid, options.number("warmup"), seconds);
    report.add("memory_growth", static_cast<double>(benchmark::resident_memory(pid)) - memory);
    report.print();
}
