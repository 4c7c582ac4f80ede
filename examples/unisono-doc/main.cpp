// Looks into Yjs updates and works on them without loading a document.
#include "batch.hpp"
#include "files.hpp"
#include "inspect.hpp"
#include "operations.hpp"

#include <CLI/CLI.hpp>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

namespace {

/// What the commands read and write.
struct arguments {
    std::vector<std::string> files;
    std::string file;
    std::string state_vector;
    std::string output = "-";
    bool v2 = false;
    int to = 2;

    update_version version() const { return v2 ? update_version::v2 : update_version::v1; }
};

CLI::App* add_command(CLI::App& app, char const* name, char const* what, arguments& a,
                      std::function<unisono::byte_buffer()> run) {
    CLI::App* command = app.add_subcommand(name, what);
    command->add_option("-o,--output", a.output, "where the bytes go; - is the standard output");
    command->callback([&a, run = std::move(run)] { write_file(a.output, run()); });
    return command;
}

void add_file(CLI::App* command, arguments& a) {
    command->add_option("update", a.file, "file with one update; - is the standard input")->required();
}

void add_version(CLI::App* command, arguments& a) {
    command->add_flag("--v2", a.v2, "updates are in form 2, those read and those written");
}

void add_commands(CLI::App& app, arguments& a) {
    app.require_subcommand(1);

    auto* inspecting = app.add_subcommand(
        "inspect", "Tell clients, structs, deletions, sizes and what is in it, for either form");
    add_file(inspecting, a);
    inspecting->callback([&a] { std::cout << inspect(read_file(a.file)).value(); });

    auto* merging = add_command(app, "merge", "Make one update of several", a, [&a] {
        std::vector<unisono::byte_buffer> updates;
        for (auto const& file : a.files)
            updates.push_back(read_file(file));
        return merge(a.version(), updates).value();
    });
    merging->add_option("updates", a.files, "files with one update each")->required();
    add_version(merging, a);

    auto* cutting = add_command(app, "diff", "What a replica with that state vector lacks", a, [&a] {
        return diff(a.version(), read_file(a.file), read_file(a.state_vector)).value();
    });
    add_file(cutting, a);
    cutting->add_option("state-vector", a.state_vector, "file with a state vector")->required();
    add_version(cutting, a);

    auto* converting = add_command(app, "convert", "Change the form of an update", a, [&a] {
        auto const to = static_cast<update_version>(a.to);
        auto const from = to == update_version::v1 ? update_version::v2 : update_version::v1;
        return convert(from, to, read_file(a.file)).value();
    });
    add_file(converting, a);
    converting->add_option("--to", a.to, "the form to write")->required()->check(CLI::IsMember({1, 2}));

    auto* asking = add_command(app, "state-vector", "The state vector of a replica with just that update", a,
                               [&a] { return state_vector(a.version(), read_file(a.file)).value(); });
    add_file(asking, a);
    add_version(asking, a);

    app.add_subcommand("batch", "Answer requests in JSON, one a line (see README.md)")->callback([] {
        run_batch(std::cin, std::cout);
    });
}

} // namespace

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    CLI::App app{"Looks into Yjs updates and works on them without loading a document."};
    arguments a;
    add_commands(app, a);
    try {
        app.parse(argc, argv);
        return 0;
    } catch (CLI::ParseError const& e) {
        return app.exit(e);
    } catch (std::exception const& e) {
        std::cerr << "unisono-doc: " << e.what() << "\n";
        return 1;
    }
}
