using System.Buffers;
using Metaflow.Errors;
using Metaflow.Plugins;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Encodings of plug-ins beside the pickle.</summary>
public sealed class ArtifactEncodingTests
{
    public ArtifactEncodingTests() => ProgramPlugins.Add<MarksPlugin>();

    [Fact]
    public void The_first_encoding_that_takes_a_value_stores_it_and_its_name_reads_it()
    {
        var stored = ArtifactSerializer.Serialize(new Marks([3, 4]), typeof(Marks));
        Assert.Equal("marks-v2", stored.Encoding);
        Assert.Equal([3, 4], stored.Payload.ToArray());
        Assert.Equal([3, 4], ArtifactSerializer.Deserialize<Marks>(stored.Payload.ToArray(), stored.Encoding).Values);
        Assert.Equal([8, 3], ArtifactSerializer.Deserialize<Marks>(new byte[] { 8, 3 }, "marks-v1").Values);
        Assert.IsType<Marks>(ArtifactSerializer.DeserializePlain(stored.Payload.ToArray(), stored.Encoding));
    }

    [Fact]
    public void What_no_encoding_takes_is_a_pickle()
    {
        Assert.Equal(ArtifactSerializer.StandardEncoding, ArtifactSerializer.Serialize(3, typeof(int)).Encoding);
        Assert.Equal(ArtifactSerializer.StandardEncoding, ArtifactSerializer.Serialize(null, typeof(Marks)).Encoding);

        // A part of a value is the pickle's, which cannot store these.
        Assert.Throws<StorageException>(() => ArtifactSerializer.Serialize(new List<Marks> { new([1]) }, typeof(List<Marks>)));
    }

    [Fact]
    public void Items_are_read_one_by_one()
    {
        var stored = ArtifactSerializer.Serialize(new Marks([3, 4]), typeof(Marks));
        Assert.Equal(4, ArtifactSerializer.DeserializeItem<byte>(stored.Payload.ToArray(), stored.Encoding, 1));
        Assert.All([-1, 2], index => Assert.Equal(
            ErrorCodes.NoSuchItem,
            Assert.Throws<StorageException>(() => ArtifactSerializer.DeserializeItem<byte>(
                stored.Payload.ToArray(), stored.Encoding, index, "marks")).Code));
        Assert.Equal(
            ErrorCodes.ValueDoesNotFit,
            Assert.Throws<StorageException>(() => ArtifactSerializer.DeserializeItem<string>(
                stored.Payload.ToArray(), stored.Encoding, 1)).Code);
    }

    [Fact]
    public void What_an_encoding_reads_has_to_fit()
    {
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Deserialize<string>(new byte[] { 1 }, "marks-v2", "marks"));
        Assert.Equal(ErrorCodes.ValueDoesNotFit, error.Code);
        Assert.Contains("'marks-v2'", error.Message, StringComparison.Ordinal);
        Assert.Null(ArtifactSerializer.Deserialize<Marks?>(Array.Empty<byte>(), "marks-v2"));
        Assert.Equal(
            ErrorCodes.ValueDoesNotFit,
            Assert.Throws<StorageException>(() => ArtifactSerializer.Deserialize<int>(Array.Empty<byte>(), "marks-v2")).Code);
    }

    [Fact]
    public void A_failing_encoding_is_named()
    {
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Serialize(new Marks([0]), typeof(Marks), "marks"));
        Assert.Equal(ErrorCodes.MemberThrew, error.Code);
        Assert.Contains(
            "'marks-v2' failed with 'marks'. It threw InvalidOperationException: no zero", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encoding_of_nobody_is_refused_with_those_that_there_are()
    {
        var error = Assert.Throws<StorageException>(() => ArtifactSerializer.Deserialize<int>(new byte[] { 1 }, "parquet"));
        Assert.Equal(ErrorCodes.UnknownEncoding, error.Code);
        Assert.Contains("'marks-v2', 'marks-v1', 'pickle-v2'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_encoding_has_the_name_of_a_pickle()
    {
        var registry = new PluginRegistry();
        registry.Add<IArtifactEncoding>("mine", new MarksEncoding("pickle-v4"));
        Assert.Equal(ErrorCodes.PluginNameTaken, Assert.Throws<ConfigurationException>(() => ArtifactEncodings.Of(registry)).Code);
    }

    private sealed record Marks(byte[] Values) : IEnumerable<byte>
    {
        public IEnumerator<byte> GetEnumerator() => ((IEnumerable<byte>)Values).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class MarksPlugin : IMetaflowPlugin
    {
        public static void Register(PluginRegistry registry)
        {
            registry.Add<IArtifactEncoding>("new", new MarksEncoding("marks-v2"));
            registry.Add<IArtifactEncoding>("earlier", static () => new MarksEncoding("marks-v1"));
        }
    }

    private sealed class MarksEncoding(string name) : IArtifactEncoding
    {
        public string Name => name;

        public bool CanWrite(object value, Type declaredType) => value is Marks;

        public ReadOnlySequence<byte> Write(object value, Type declaredType)
            => ((Marks)value).Values is [not 0, ..] values ? new(values) : throw new InvalidOperationException("no zero");

        public object? Read(ReadOnlyMemory<byte> payload, Type type) => payload.IsEmpty ? null : new Marks(payload.ToArray());
    }
}
