using System.Text;
using Metaflow.Artifacts;
using Metaflow.Errors;

namespace Metaflow.Core.Tests.Storage;

/// <summary>What is too large to be read back is refused when it is stored. The limit is lowered, so that no test needs
/// gigabytes.</summary>
public sealed class LargestValueTests
{
    [Theory]
    [InlineData("utf-8", "é", 2)]
    [InlineData("utf-8", "a", 1)]
    [InlineData("utf-16", "é", 2)]
    [InlineData("iso-8859-1", "é", 1)]
    public void A_file_that_is_too_long_to_be_a_text_is_refused_when_it_is_included(string encoding, string character, int bytes)
    {
        var content = Encoding.GetEncoding(encoding).GetBytes(string.Concat(Enumerable.Repeat(character, 200_001)));
        Assert.Equal(200_001 * bytes, content.Length);
        var file = new IncludedFile("data.txt", true, encoding, content.Length);
        var error = Assert.Throws<StorageException>(() => IncludedContent.RequireReadable(file, content, longest: 200_000));
        Assert.Equal("MF4012", error.Code);
        Assert.Contains("data.txt", error.What, StringComparison.Ordinal);
        IncludedContent.RequireReadable(file, content, longest: 200_001);
        IncludedContent.RequireReadable(file with { IsText = false }, content, longest: 200_000);
    }
}
