// The reader against libprotobuf, which parses by ONNX's own .proto: on every model of Debian's libonnx-testdata and on
// altered copies of the small ones, both take or refuse the same bytes and see the same nodes and tensors.
//
// Where they may differ stands in two tables, in which every row must be needed by some input or by the schema:
// kUnread, fields whose contents the reader copies through without looking inside, and kStricter, what it refuses and
// protobuf lets pass.
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>

#include "Command.h"
#include "ModelBuilder.h"

namespace precast {
namespace {

namespace pb = google::protobuf;

struct Deviation {
  const char* what;
  const char* reason;
};

const Deviation kUnread[] = {
    {"ModelProto.metadata_props", "kept as bytes"},
    {"ModelProto.training_info", "kept as bytes; another graph that no inference runs"},
    {"GraphProto.quantization_annotation", "kept as bytes"},
    {"AttributeProto.floats", "read where they are the value of a Constant"},
    {"AttributeProto.ints", "say nothing about dtypes"},
    {"AttributeProto.t", "read where it is a constant or decides a dtype"},
    {"AttributeProto.tensors", "say nothing about dtypes"},
    {"AttributeProto.sparse_tensor", "read where it is the value of a Constant"},
    {"AttributeProto.sparse_tensors", "say nothing about dtypes"},
    {"AttributeProto.tp", "says nothing about dtypes"},
    {"AttributeProto.type_protos", "say nothing about dtypes"},
    {"TensorProto.float_data", "counted; the numbers stay bytes"},
    {"TensorProto.int32_data", "counted; read where they are 16-bit floats"},
    {"TensorProto.int64_data", "counted; the numbers stay bytes"},
    {"TensorProto.double_data", "counted; the numbers stay bytes"},
    {"TensorProto.uint64_data", "counted; the numbers stay bytes"},
    {"TensorProto.segment", "its presence alone is an error"},
    {"TypeProto.sequence_type", "a sequence, whatever it holds"},
    {"TypeProto.map_type", "a map, whatever it holds"},
    {"TypeProto.optional_type", "an optional, whatever it holds"},
    {"TypeProto.sparse_tensor_type", "a sparse tensor, whatever it holds"},
    {"TypeProto.opaque_type", "unknown, whatever it holds"},
};

// By words of the reader's message.
const Deviation kStricter[] = {
    {"which it cannot have", "protobuf keeps a known field of the wrong wire type as an unknown field"},
    {"has more than 64 bits", "protobuf drops the bits beyond 64 of a varint of ten bytes"},
    {"groups at byte", "protobuf counts nested groups and messages together"},
};

// Words of every message about the wire format, as opposed to those about ONNX.
const char* const kWireWords[] = {" inside the varint", "field number ", "wire type ",         " needs ",
                                  " inside the number", "is not closed", " more than 64 bits", "groups at byte"};

class Schema {
 public:
  /// `unread`: the fields of kUnread become unknown to protobuf, which then does not look inside either.
  Schema(const std::string& descriptors, bool unread) {
    pb::FileDescriptorSet set;
    REQUIRE(set.ParseFromString(descriptors));
    REQUIRE(set.file_size() == 1);
    pb::FileDescriptorProto& file = *set.mutable_file(0);
    for (pb::DescriptorProto& message : *file.mutable_message_type()) {
      auto& fields = *message.mutable_field();
      for (int i = fields.size() - 1; unread && i >= 0; --i) {
        const std::string name = message.name() + "." + fields[i].name();
        const bool hidden =
            std::any_of(std::begin(kUnread), std::end(kUnread), [&](const Deviation& row) { return name == row.what; });
        if (!hidden) continue;
        fields.DeleteSubrange(i, 1);
        ++hidden_;
      }
    }
    const pb::FileDescriptor* built = pool_.BuildFile(file);
    REQUIRE(built != nullptr);
    model_ = factory_.GetPrototype(built->FindMessageTypeByName("ModelProto"));
  }

  /// Null if protobuf refuses the bytes.
  std::unique_ptr<pb::Message> parse(const std::string& bytes) const {
    std::unique_ptr<pb::Message> message(model_->New());
    return message->ParsePartialFromString(bytes) ? std::move(message) : nullptr;
  }
  std::size_t hidden() const { return hidden_; }

 private:
  pb::DescriptorPool pool_;
  pb::DynamicMessageFactory factory_;
  const pb::Message* model_ = nullptr;
  std::size_t hidden_ = 0;
};

// ONNX's .proto, compiled: a FileDescriptorSet.
std::string descriptorsOfOnnx() {
  const test::ScratchFolder folder;
  const auto run = test::runCommand({"protoc", "--proto_path=/usr/lib/python3/dist-packages/onnx",
                                     "--descriptor_set_out=" + folder.file("onnx"), "onnx-ml.proto"});
  INFO(run.errors);
  REQUIRE(run.exitCode == 0);
  return test::readBytes(folder.file("onnx"));
}

std::vector<std::string> corpus() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("/usr/share/libonnx-testdata/data")) {
    if (entry.path().extension() == ".onnx") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  REQUIRE(paths.size() > 1000);
  return paths;
}

std::string textField(const pb::Message& message, const char* name) {
  return message.GetReflection()->GetString(message, message.GetDescriptor()->FindFieldByName(name));
}
std::vector<std::string> textFields(const pb::Message& message, const char* name) {
  std::vector<std::string> texts;
  const pb::FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i)
    texts.push_back(message.GetReflection()->GetRepeatedString(message, field, i));
  return texts;
}
std::vector<const pb::Message*> messages(const pb::Message& message, const char* name) {
  std::vector<const pb::Message*> found;
  const pb::FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i)
    found.push_back(&message.GetReflection()->GetRepeatedMessage(message, field, i));
  return found;
}

std::vector<std::string> namesOf(const Graph& graph, absl::Span<const ValueId> values) {
  std::vector<std::string> names;
  for (ValueId value : values) names.emplace_back(value == ValueId::none ? "" : graph.valueName(value));
  return names;
}

// The main graph as protobuf sees it and as the reader does.
void compareContents(const pb::Message& model, const Graph& graph) {
  const pb::FieldDescriptor* field = model.GetDescriptor()->FindFieldByName("graph");
  const pb::Message& expected = model.GetReflection()->GetMessage(model, field);
  std::vector<NodeId> nodes;
  for (std::size_t i = 0; i < graph.nodeCount(); ++i) {
    if (graph.nodeRegion(static_cast<NodeId>(i)) == RegionId::main) nodes.push_back(static_cast<NodeId>(i));
  }
  const auto expectedNodes = messages(expected, "node");
  REQUIRE(nodes.size() == expectedNodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const pb::Message& node = *expectedNodes[i];
    CHECK(graph.nodeName(nodes[i]) == textField(node, "name"));
    CHECK(graph.nodeOp(nodes[i]).type == textField(node, "op_type"));
    CHECK(namesOf(graph, graph.inputs(nodes[i])) == textFields(node, "input"));
    CHECK(namesOf(graph, graph.outputs(nodes[i])) == textFields(node, "output"));
  }
  std::vector<std::string> outputs;
  for (const pb::Message* output : messages(expected, "output")) outputs.push_back(textField(*output, "name"));
  CHECK(namesOf(graph, graph.region(RegionId::main).outputs) == outputs);
  std::map<std::string, ValueId> byName;
  for (std::size_t v = graph.valueCount(); v-- > 0;)
    byName[std::string(graph.valueName(static_cast<ValueId>(v)))] = static_cast<ValueId>(v);
  for (const pb::Message* tensor : messages(expected, "initializer")) {
    const ValueId value = byName.at(textField(*tensor, "name"));
    const pb::FieldDescriptor* type = tensor->GetDescriptor()->FindFieldByName("data_type");
    CHECK(static_cast<int>(graph.dtype(value)) == tensor->GetReflection()->GetInt32(*tensor, type));
    const std::string raw = textField(*tensor, "raw_data");
    const absl::Span<const std::byte> data = graph.tensor(graph.tensorOf(value)).data;
    if (!raw.empty()) CHECK((std::string(reinterpret_cast<const char*>(data.data()), data.size()) == raw));
  }
}

bool isAboutTheWire(const std::string& message) {
  return std::any_of(std::begin(kWireWords), std::end(kWireWords),
                     [&](const char* words) { return message.find(words) != std::string::npos; });
}
const Deviation* deviationOf(const std::string& message) {
  const auto* found = std::find_if(std::begin(kStricter), std::end(kStricter),
                                   [&](const Deviation& row) { return message.find(row.what) != std::string::npos; });
  return found == std::end(kStricter) ? nullptr : found;
}

TEST_CASE("the reader and libprotobuf see the same in every conformance model") {
  const Schema schema(descriptorsOfOnnx(), false);
  for (const std::string& path : corpus()) {
    CAPTURE(path);
    const auto message = schema.parse(test::readBytes(path));
    REQUIRE(message != nullptr);
    const auto model = onnx::readFile(path);
    INFO(model.status());
    REQUIRE(model.ok());
    compareContents(*message, model->graph);
  }
}

TEST_CASE("the reader and libprotobuf take and refuse the same altered bytes, deviations as listed") {
  pb::SetLogHandler(nullptr);  // it tells of every refusal on stderr
  const std::string descriptors = descriptorsOfOnnx();
  const Schema full(descriptors, false);
  const Schema partial(descriptors, true);
  CHECK(partial.hidden() == std::size(kUnread));  // every row names a field
  std::map<const Deviation*, int> used;
  std::size_t altered = 0;
  std::size_t refused = 0;
  std::uint64_t state = 0x9E3779B97F4A7C15U;  // of a fixed sequence
  const auto random = [&state] {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  };
  const std::vector<std::string> paths = corpus();
  for (std::size_t p = 0; p < paths.size(); p += 3) {
    const std::string bytes = test::readBytes(paths[p]);
    if (bytes.size() > 3000) continue;
    for (int round = 0; round < 120; ++round) {
      std::string copy = bytes;
      const std::size_t at = random() % copy.size();
      switch (round % 4) {
      case 0:
        copy[at] = static_cast<char>(random());
        break;
      case 1:
        copy[at] = static_cast<char>(copy[at] ^ (1 << (random() % 8)));
        break;
      case 2:
        copy.resize(at);
        break;
      default:
        copy.insert(at, std::string(1 + random() % 3, static_cast<char>(random())));
        break;
      }
      ++altered;
      const auto message = full.parse(copy);
      const auto model = test::readBytesOf(copy);
      CAPTURE(paths[p], round, model.status());
      if (model.ok()) {
        // What the reader takes protobuf takes too, but for contents that the reader never looks at.
        if (partial.parse(copy) == nullptr) FAIL_CHECK("protobuf refuses what the reader takes");
        continue;
      }
      ++refused;
      const std::string words(model.status().message());
      if (message == nullptr || !isAboutTheWire(words)) continue;
      const Deviation* deviation = deviationOf(words);
      if (deviation == nullptr) FAIL_CHECK("the reader refuses what protobuf takes");
      ++used[deviation];
    }
  }
  CHECK(altered > 20000);
  CHECK(refused > altered / 4);
  CHECK(used.count(&kStricter[0]) == 1);
}

}  // namespace
}  // namespace precast
