using Metaflow.Core.Tests.Storage;
using Metaflow.Platform;

namespace Metaflow.Core.Tests.Platform;

/// <summary>Whether a path still leads to an open file.</summary>
public sealed class FileIdentityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_path_leads_to_an_open_file_until_another_file_takes_its_place()
    {
        var (path, other) = (Path.Combine(_folder.Path, "a"), Path.Combine(_folder.Path, "b"));
        File.WriteAllText(path, "same");
        File.WriteAllText(other, "same");
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        file.Write("more"u8);
        file.Flush();

        Assert.True(FileIdentity.IsAt(file, path));
        Assert.False(FileIdentity.IsAt(file, other));

        File.Move(other, path, overwrite: true);
        Assert.False(FileIdentity.IsAt(file, path));

        File.Delete(path);
        Assert.False(FileIdentity.IsAt(file, path));
    }

    [Fact]
    public void A_link_leads_to_its_file()
    {
        var (path, link) = (Path.Combine(_folder.Path, "a"), Path.Combine(_folder.Path, "link"));
        File.WriteAllText(path, "");
        File.CreateSymbolicLink(link, path);
        using var file = File.OpenRead(path);

        Assert.True(FileIdentity.IsAt(file, link));
    }
}
