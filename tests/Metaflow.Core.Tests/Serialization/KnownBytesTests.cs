using System.Numerics;
using Metaflow.Artifacts;
using Metaflow.Serialization;

namespace Metaflow.Core.Tests.Serialization;

/// <summary>Bytes that CPython's pickler was seen to write.</summary>
public sealed class KnownBytesTests
{
    public static TheoryData<string, object?, string> KnownBlobs => new()
    {
        { "None", null, "dbc1aaddc8b7343d6d33b34edcf608b8f8801918" },
        { "True", true, "868436778cb011a1c6230bc12534683ab0b7f1c3" },
        { "False", false, "2473d4676d5b2aba674167293142f8031ada401b" },
        { "()", new PythonTuple(), "1c51fb004099bba9a8f4a37ec0d5aabf50f6d5f6" },
        { "[]", new List<string>(), "c5cf38908fc549f499ade5b17ce221ff0ced377f" },
        { "{}", new Dictionary<string, int>(), "4a8dc14137b3a79a81256a795b266fe82bda52d9" },
        { "1", 1, "4028827530eb6c63f2c9d431d7496a6614ea98d7" },
        { "2", (byte)2, "d1772156242db3deb5c2a64c47ee43a303317468" },
        { "42", 42L, "21f47ffc2c8d012806c8a7a814079c24a792acf2" },
        { "300", (short)300, "b5e06db9837f0aff78880ed89defb71cbe10dfba" },
        { "70000", 70000u, "98823b5c81bb75280be38d8e4b726cfdbb0868f5" },
        { "-1", -1, "ba9de903b55053bfa43549fc1d2d1d9124182518" },
        { "-5", (sbyte)-5, "4ccf70f78fd33bc1433d8791ad70ebda7fbee6d7" },
        { "2147483648", 2147483648L, "041dc1180948e8e7e9124044fb10c05893f36e5c" },
        { "2**80", BigInteger.Pow(2, 80), "c3e1a7ee88c2078d903b2d57b23f4d48c1cf319e" },
        { "-2**70", -BigInteger.Pow(2, 70), "323742b964c6372cd0a31da8a6e40cfb198d586d" },
        { "1.5", 1.5, "3ae9027994a057d61c42cb28e075338d1f117793" },
        { "3.25", 3.25f, "d3ab2823355cd32304ae9716629eaf9a48f89be7" },
        { "inf", double.PositiveInfinity, "3f0434124a31d523bfdee9927620964133d9a66e" },
        { "héllo", "héllo", "ce7cd18b1847478b0cdc96162f300b8939fced4a" },
        { "bytes", new byte[] { 0, 1, (byte)'r', (byte)'a', (byte)'w' }, "343891682725283998efa5fbb3f35270af5d2621" },
        { "(1, 2)", (1, 2), "a39a5c0c57682a7a3e92c780d11c085acbf4a87a" },
        { "(1, 2, 3, 4)", (1, 2, 3, 4), "0b88224e50a180501dd731d33a0763ec30bafb80" },
        { "{1, 2}", new HashSet<int> { 1, 2 }, "564ad0643113736ba3cfc804e3cb8d49ba2a8116" },
        { "mixed list", new List<object?> { 1, "a", null, new[] { 2 }.ToList() }, "8fc05e108cc09fc96a3bc84e0b3d6f5d8c40e6cd" },
        { "dict of list", new Dictionary<string, List<int>> { ["k"] = [1, 2] }, "3ccb1c7ca192fcf1d16ea164375686bf3fae7ea7" },
    };

    [Theory]
    [MemberData(nameof(KnownBlobs), DisableDiscoveryEnumeration = true)]
    public void Simple_values_have_the_bytes_of_CPython(string what, object? value, string sha1)
    {
        var bytes = Pickles.Write(value);
        Assert.True(sha1 == Pickles.Sha1(bytes), $"{what}: {Convert.ToHexString(bytes)}");
    }

    [Fact]
    public void An_object_that_occurs_twice_is_written_once()
    {
        var shared = new List<string> { "k" };
        Assert.Equal("b8ac02cbe2b1a0217f946a38f079cc3cec94a5fe", Pickles.Sha1(Pickles.Write(new List<object> { shared, shared })));
    }

    [Fact]
    public void A_list_that_contains_itself_refers_back()
    {
        var list = new List<object> { 1 };
        list.Add(list);
        Assert.Equal("89503b216d880431973f33e6c2d423edb8b865ce", Pickles.Sha1(Pickles.Write(list)));
    }

    [Fact]
    public void A_foreach_stack_has_the_bytes_of_the_reference()
    {
        var stack = ArtifactSerializer.Serialize(
            new List<ForeachFrame> { new("body", "items", 2, 1, "y") }, typeof(List<ForeachFrame>), "_foreach_stack");
        var bytes = System.Buffers.BuffersExtensions.ToArray(stack.Payload);
        Assert.Equal("23161f0ff6c15068642a538d29a8218634b1e8d6", Pickles.Sha1(bytes));
        Assert.Equal("<class 'list'>", stack.TypeName);
        Assert.Equal(
            [new ForeachFrame("body", "items", 2, 1, "y")],
            ArtifactSerializer.Deserialize<List<ForeachFrame>>(bytes, stack.Encoding, "_foreach_stack"));
    }

    [Theory]
    [InlineData(null, "80049 50e000000000000005d948c046a6f696e9461 4e86942e")]
    [InlineData("items", "8004951500000000000000 5d948c04626f647994618c056974656d739486942e")]
    public void A_transition_has_the_bytes_of_the_reference(string? variable, string hex)
    {
        var next = new List<string> { variable is null ? "join" : "body" };
        Assert.Equal(hex.Replace(" ", string.Empty, StringComparison.Ordinal), Convert.ToHexStringLower(Pickles.Write((next, variable))));
    }

    [Fact]
    public void Large_bytes_lie_outside_frames()
    {
        var bytes = Pickles.Write(new byte[70000]);
        Assert.Equal("8004427011010000", Convert.ToHexStringLower(bytes.AsSpan(0, 8)));
        Assert.Equal("00942e", Convert.ToHexStringLower(bytes.AsSpan(bytes.Length - 3)));
        Assert.Equal(70000 + 9, bytes.Length);
    }

    [Fact]
    public void A_large_array_is_not_copied()
    {
        var numbers = new double[1 << 20];
        var payload = PickleWriter.Write(numbers);
        numbers[0] = 1234.5;
        Assert.Contains(new PickleSegments(payload).Lengths, length => length == 8 << 20);
        Assert.Equal(1234.5, Pickles.ReadAs<double[]>(numbers)[0]);
    }

    /// <summary>The runtime makes the name of a combination anew each time it is asked, and may drop its names of single members
    /// too.</summary>
    [Fact]
    public void Equal_members_of_an_enumeration_are_one_text_however_often_the_runtime_makes_it()
    {
        const FileAttributes Both = FileAttributes.Hidden | FileAttributes.System;
        var name = Both.ToString();
        Assert.Equal(
            System.Buffers.BuffersExtensions
                .ToArray(ArtifactSerializer.Serialize(new List<string> { name, name }, typeof(List<string>)).Payload),
            System.Buffers.BuffersExtensions
                .ToArray(ArtifactSerializer.Serialize(new List<FileAttributes> { Both, Both }, typeof(List<FileAttributes>)).Payload));
    }
}
