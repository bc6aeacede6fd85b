using System.Text;
using Metaflow.Python.Conda.Linking;

namespace Metaflow.Python.Tests.Conda.Linking;

/// <summary>The path of an environment is written into files of any size and kind.</summary>
public sealed class PrefixReplacementTests
{
    private const string Placeholder = "/opt/placehold_placehold_placehold";

    private static int Cases => Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1" ? 1500 : 150;

    [Fact]
    public void All_occurrences_in_a_text_are_replaced_and_other_bytes_stay()
    {
        byte[] text = [.. Encoding.UTF8.GetBytes($"a={Placeholder}\nb={Placeholder}/x:{Placeholder}"), 0xFF, 0xFE, 0, .. "\r\nend"u8];

        var (changed, found) = Text(text, "/home/名");

        Assert.True(changed);
        Assert.Equal([.. Encoding.UTF8.GetBytes("a=/home/名\nb=/home/名/x:/home/名"), 0xFF, 0xFE, 0, .. "\r\nend"u8], found);
        Assert.False(Text("/opt/placehold_placehold_placehol"u8.ToArray(), "/x").Changed);
    }

    [Fact]
    public void Several_paths_in_one_text_of_a_binary_are_padded_after_it()
    {
        var binary = Encoding.UTF8.GetBytes($"\0\0{Placeholder}/lib:{Placeholder}/lib64\0next\0{Placeholder}\0tail {Placeholder}");

        var (changed, found) = Binary(binary, "/e");

        var room = new string('\0', Placeholder.Length - 2);
        Assert.True(changed);
        Assert.Equal($"\0\0/e/lib:/e/lib64{room}{room}\0next\0/e{room}\0tail {Placeholder}", Encoding.UTF8.GetString(found));
        Assert.Equal(binary.Length, found.Length);
    }

    [Fact]
    public void A_path_of_just_the_same_length_fits()
    {
        var same = "/" + new string('x', Placeholder.Length - 1);
        Assert.Equal($"{same}\0", Encoding.UTF8.GetString(Binary(Encoding.UTF8.GetBytes(Placeholder + "\0"), same).Found));
        Assert.Throws<InvalidOperationException>(() => Binary(Encoding.UTF8.GetBytes(Placeholder + "\0"), same + "y"));
    }

    [Fact]
    public void Streaming_gives_what_replacing_in_memory_gives()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var content = Content(random);
            var prefix = "/" + new string('e', random.Next(Placeholder.Length));
            var before = Encoding.Latin1.GetString(content);

            Assert.Equal(
                before.Replace(Placeholder, prefix, StringComparison.Ordinal), Encoding.Latin1.GetString(Text(content, prefix).Found));
            Assert.Equal(InMemory(before, prefix), Encoding.Latin1.GetString(Binary(content, prefix).Found));
        }
    }

    private static byte[] Content(Random random)
    {
        var bytes = new List<byte>();
        var length = random.Next(4) == 0 ? 800_000 : 3000;
        while (bytes.Count < length)
        {
            switch (random.Next(5))
            {
                case 0:
                    bytes.AddRange(Encoding.ASCII.GetBytes(Placeholder));
                    break;
                case 1:
                    bytes.AddRange(Encoding.ASCII.GetBytes(Placeholder[..random.Next(Placeholder.Length)]));
                    break;
                case 2:
                    bytes.Add(0);
                    break;
                default:
                    var part = new byte[random.Next(length > 10_000 && random.Next(8) == 0 ? 300_000 : 40)];
                    random.NextBytes(part);
                    bytes.AddRange(random.Next(2) == 0 ? part : part.Select(static one => one == 0 ? (byte)1 : one));
                    break;
            }
        }

        return [.. bytes];
    }

    private static string InMemory(string before, string prefix)
    {
        var parts = before.Split('\0');
        for (var i = 0; i < parts.Length - 1; i++)
        {
            parts[i] = parts[i].Replace(Placeholder, prefix, StringComparison.Ordinal).PadRight(parts[i].Length, '\0');
        }

        return string.Join('\0', parts);
    }

    private static (bool Changed, byte[] Found) Text(byte[] content, string prefix)
    {
        using var target = new MemoryStream();
        return (new PrefixReplacement(Placeholder, prefix).CopyText(Chunked(content), target, isScript: false), target.ToArray());
    }

    private static (bool Changed, byte[] Found) Binary(byte[] content, string prefix)
    {
        using var target = new MemoryStream();
        return (new PrefixReplacement(Placeholder, prefix).CopyBinary(Chunked(content), target), target.ToArray());
    }

    private static MemoryStream Chunked(byte[] content) => new(content);
}
