// Runs a fuzz entry without a fuzzer, so that every test run exercises it with any compiler: the seeds as
// they are, then cut, joined and damaged. A failure aborts; the printed seed repeats it (UNISONO_SEED).

#include <unisono/core/random.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace {

void run(std::string const& input) {
    LLVMFuzzerTestOneInput(reinterpret_cast<std::uint8_t const*>(input.data()), input.size());
}

void damage(std::string& input, std::vector<std::string> const& seeds, unisono::random_source& random) {
    auto const place = input.empty() ? 0 : random.below(input.size());
    auto const length = 1 + random.below(8);
    switch (random.below(6)) {
    case 0:
        input.insert(place, length, static_cast<char>(random.next()));
        break;
    case 1:
        input.erase(place, length);
        break;
    case 2:
        input.insert(place, input.substr(random.below(input.size() + 1), length));
        break;
    case 3: {
        auto const& other = seeds[random.below(seeds.size())];
        input = input.substr(0, place) + other.substr(random.below(other.size() + 1));
        break;
    }
    default:
        if (!input.empty())
            input[place] = static_cast<char>(random.below(4) == 0 ? random.next()
                                                                  : input[place] ^ (1 << random.below(8)));
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: replay FOLDER_OF_SEEDS\n", stderr);
        return 2;
    }
    std::vector<std::string> seeds;
    for (auto const& entry : std::filesystem::directory_iterator{argv[1]}) {
        std::ifstream file{entry.path(), std::ios::binary};
        seeds.emplace_back(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
    }
    if (seeds.empty()) {
        std::fprintf(stderr, "no seeds in %s\n", argv[1]);
        return 2;
    }
    char const* const asked = std::getenv("UNISONO_SEED");
    std::uint64_t const seed = asked ? std::strtoull(asked, nullptr, 10) : unisono::system_random().next();
    std::printf("UNISONO_SEED=%llu\n", static_cast<unsigned long long>(seed));
    std::fflush(stdout);

    run({});
    for (auto const& input : seeds)
        for (std::size_t length = 0; length <= input.size(); ++length)
            run(input.substr(0, length));
    unisono::seeded_random random{seed};
    for (int i = 0; i < 20'000; ++i) {
        std::string input = seeds[random.below(seeds.size())];
        for (auto times = 1 + random.below(6); times != 0; --times)
            damage(input, seeds, random);
        run(input);
    }
}
