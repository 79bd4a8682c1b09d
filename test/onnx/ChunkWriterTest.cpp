// Ropes of every kind of piece, handed out in chunks by any number of threads: the bytes are those of the pieces, one
// after the other, as a loop that knows nothing of chunks makes them.
#include "onnx/ChunkWriter.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <list>
#include <random>
#include <string>
#include <vector>

#include "Command.h"

namespace precast::onnx {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 18;

absl::Span<const std::byte> bytesOf(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// A rope, what it says, and what its constants become.
class Pieces {
 public:
  explicit Pieces(std::size_t sourceSize = 1 << 20) : file_(noise(sourceSize)) { source.bytes = bytesOf(file_); }

  void add(Piece::Kind kind, std::size_t size) {
    const std::string text = kind == Piece::Kind::zeros ? std::string(size, '\0') : noise(size);
    switch (kind) {
    case Piece::Kind::source: {
      const std::uint64_t begin = random_() % (source.bytes.size() - size);
      rope.copy({begin, begin + size});
      expected += textOf(source.bytes, {begin, begin + size});
      return;
    }
    case Piece::Kind::text:
      rope.text() += text;
      rope.close();
      break;
    case Piece::Kind::mapped:
      rope.mapped(bytesOf(kept_.emplace_back(text)));
      break;
    case Piece::Kind::zeros:
      rope.zeros(size);
      break;
    case Piece::Kind::tensor:
      return addTensor(DType::float32, DType::float16, size);
    }
    expected += text;
  }

  void addTensor(DType from, DType to, std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = std::ldexp(1.0F + float(random_() % 1024) / 1024, int(random_() % 60) - 40);
    std::string& data = kept_.emplace_back(count * std::size_t(bitWidth(from)) / 8, '\0');
    ConversionStats stats;
    convertElements(DType::float32, reinterpret_cast<const std::byte*>(values.data()), from,
                    reinterpret_cast<std::byte*>(data.data()), count, Overflow::saturate, stats);
    const ValueId value = result.graph.addValue("w" + std::to_string(result.graph.valueCount()), to);
    REQUIRE(result.graph.setConstant(value, {from, bytesOf(data), 0}).ok());
    writeAgain(value);
    if (from == to) return;
    result.rewrite.constants.push_back({value, from, to, 0, 0});
  }

  void writeAgain(ValueId value) {
    const std::size_t bytes = *tensorBytes(result.graph, value);
    std::string converted(bytes, '\0');
    REQUIRE(convertTensor(result.graph, value, {reinterpret_cast<std::byte*>(converted.data()), bytes}).ok());
    rope.tensor(value, bytes);
    expected += converted;
  }

  absl::StatusOr<std::vector<ConversionStats>> write(unsigned threads, const ChunkSink& sink) const {
    WriteOptions options;
    options.threads = threads;
    ChunkWriter writer(result, source, options, rope.size());
    if (absl::Status status = writer.write(rope, sink); !status.ok()) return status;
    return writer.takeConversions();
  }

  /// All parts, laid over zeros.
  std::string written(unsigned threads) const {
    std::string out(static_cast<std::size_t>(rope.size()), '\0');
    const auto done = write(threads, [&](std::uint64_t offset, absl::Span<const std::byte> part) {
      std::memcpy(out.data() + offset, part.data(), part.size());
      return absl::OkStatus();
    });
    REQUIRE(done.ok());
    return out;
  }

  CompileResult result;
  ModelSource source;
  Rope rope;
  std::string expected;

 private:
  std::string noise(std::size_t size) {
    std::string text(size, '\0');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }

  std::minstd_rand random_{7};
  std::string file_;
  std::list<std::string> kept_;
};

TEST_CASE("pieces of every kind come out in order wherever chunks begin and end, for any number of threads") {
  constexpr std::size_t kSizes[] = {1, 3, 8, 4096, 4097, kChunk - 9, kChunk - 1, kChunk, kChunk + 1, 3 * kChunk + 5};
  std::minstd_rand random(3);
  Pieces pieces;
  while (pieces.expected.size() < std::size_t{15} << 20) {  // enough for eight threads
    pieces.add(static_cast<Piece::Kind>(random() % 5), kSizes[random() % std::size(kSizes)]);
  }
  for (unsigned threads = 1; threads <= 8; ++threads) {
    CAPTURE(threads);
    CHECK((pieces.written(threads) == pieces.expected));
  }
}

TEST_CASE("every part begins at a multiple of the chunk wherever pieces end") {
  Pieces pieces;
  pieces.add(Piece::Kind::text, 13);
  for (int i = 0; i < 5; ++i) pieces.addTensor(DType::float32, DType::float16, kChunk + 3);
  REQUIRE(pieces
              .write(1,
                     [](std::uint64_t offset, absl::Span<const std::byte>) {
                       CHECK(offset % kChunk == 0);
                       return absl::OkStatus();
                     })
              .ok());
}

TEST_CASE("an element that two chunks share is converted whole and counted once") {
  constexpr DType f32 = DType::float32, f16 = DType::float16, bf16 = DType::bfloat16;
  for (const auto& [from, to] : {std::pair(f32, f16), std::pair(f16, f32), std::pair(f16, bf16), std::pair(f16, f16)}) {
    for (std::size_t before : {std::size_t{1}, std::size_t{13}, kChunk - 7, kChunk - 1}) {
      CAPTURE(toString(from), toString(to), before);
      Pieces pieces;
      pieces.add(Piece::Kind::text, before);
      pieces.addTensor(from, to, kChunk + 3);
      CHECK((pieces.written(1) == pieces.expected));
      const auto conversions =
          pieces.write(1, [](std::uint64_t, absl::Span<const std::byte>) { return absl::OkStatus(); });
      REQUIRE(conversions.ok());
      if (from != to) CHECK(conversions->at(0).elements == kChunk + 3);
    }
  }
}

TEST_CASE("what lies in a file is read from the file, not from its mapping") {
  const test::ScratchFolder folder;
  test::writeBytes(folder.file("m"), std::string(12 * kChunk, 'm'));  // worth a descriptor
  Pieces pieces;
  pieces.source.files = {*support::MappedFile::open(folder.file("m"))};
  pieces.source.bytes = pieces.source.files[0]->bytes();
  pieces.add(Piece::Kind::source, 2 * kChunk);
  CHECK((pieces.written(1) == pieces.expected));
  std::filesystem::resize_file(folder.file("m"), 100);
  const auto refused = pieces.write(1, [](std::uint64_t, absl::Span<const std::byte>) { return absl::OkStatus(); });
  CHECK(refused.status().code() == absl::StatusCode::kDataLoss);
}

TEST_CASE("a part of zeros is left out, whatever its piece, and a part with one other byte is not") {
  Pieces pieces;
  pieces.source.bytes = {};
  const std::string quiet(2 * kChunk, '\0');
  std::string loud = quiet;
  loud.back() = 1;
  pieces.rope.zeros(2 * kChunk);
  pieces.rope.mapped(bytesOf(quiet));
  pieces.rope.mapped(bytesOf(loud));
  pieces.rope.zeros(10);
  std::vector<std::uint64_t> offsets;
  const auto done = pieces.write(1, [&](std::uint64_t offset, absl::Span<const std::byte> part) {
    offsets.push_back(offset);
    CHECK(part.size() == kChunk);
    CHECK(part.back() == std::byte{1});
    return absl::OkStatus();
  });
  REQUIRE(done.ok());
  CHECK(offsets == std::vector<std::uint64_t>{5 * kChunk});
}

TEST_CASE("an error of the sink ends the writing and is returned") {
  Pieces pieces(16 << 20);
  pieces.add(Piece::Kind::source, (16 << 20) - 1);  // 128 chunks
  for (unsigned threads : {1U, 2U, 8U}) {
    CAPTURE(threads);
    std::atomic<unsigned> calls = 0;
    const auto refused = pieces.write(threads, [&](std::uint64_t, absl::Span<const std::byte>) {
      return ++calls >= 5 ? absl::ResourceExhaustedError("the device is full") : absl::OkStatus();
    });
    CHECK(refused.status() == absl::ResourceExhaustedError("the device is full"));
    CHECK(calls >= 5);
    CHECK(calls < 5 + threads);  // what others had begun
  }
}

TEST_CASE("conversions add up over chunks, ropes and threads, and count what is converted alone") {
  Pieces pieces;
  pieces.addTensor(DType::float32, DType::float16, 3'000'001);
  pieces.addTensor(DType::float32, DType::float32, 1000);
  pieces.addTensor(DType::float32, DType::bfloat16, 777);
  pieces.writeAgain(pieces.result.rewrite.constants[1].value);
  std::vector<ConversionStats> alone;
  for (const ConvertedConstant& constant : pieces.result.rewrite.constants) {
    std::vector<std::byte> out(*tensorBytes(pieces.result.graph, constant.value));
    alone.push_back(*convertTensor(pieces.result.graph, constant.value, absl::MakeSpan(out)));
  }
  CHECK(alone[0].saturated > 0);
  CHECK(alone[0].underflowed > 0);
  for (unsigned threads : {1U, 4U}) {
    CAPTURE(threads);
    const auto conversions =
        pieces.write(threads, [](std::uint64_t, absl::Span<const std::byte>) { return absl::OkStatus(); });
    REQUIRE(conversions.ok());
    REQUIRE(conversions->size() == 2);
    const std::uint64_t times[] = {1, 2};
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK((*conversions)[i].elements == times[i] * alone[i].elements);
      CHECK((*conversions)[i].saturated == times[i] * alone[i].saturated);
      CHECK((*conversions)[i].underflowed == times[i] * alone[i].underflowed);
      CHECK((*conversions)[i].maxAbs == alone[i].maxAbs);
    }
  }
}

TEST_CASE("the progress of several ropes goes on from one to the next, up to their total") {
  Pieces first;
  first.add(Piece::Kind::text, 3 * kChunk + 1);
  Pieces second;
  second.add(Piece::Kind::zeros, 2 * kChunk);
  std::vector<std::uint64_t> done;
  WriteOptions options;
  options.threads = 1;
  options.progress = [&](const Progress& progress) {
    CHECK(progress.total == 5 * kChunk + 1);
    done.push_back(progress.done);
  };
  ChunkWriter writer(first.result, first.source, options, 5 * kChunk + 1);
  const auto sink = [](std::uint64_t, absl::Span<const std::byte>) { return absl::OkStatus(); };
  REQUIRE(writer.write(first.rope, sink).ok());
  REQUIRE(writer.write(Rope(), sink).ok());
  REQUIRE(writer.write(second.rope, sink).ok());
  CHECK(done ==
        std::vector<std::uint64_t>{kChunk, 2 * kChunk, 3 * kChunk, 3 * kChunk + 1, 4 * kChunk + 1, 5 * kChunk + 1});
}

}  // namespace
}  // namespace precast::onnx
