using System.Formats.Tar;
using System.Text;
using Metaflow.Errors;
using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Tests.Conda.Archives;

/// <summary>Whatever a package says, nothing is written outside its folder, and nothing of it is left.</summary>
public sealed class HostilePackageTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("../out")]
    [InlineData("a/../../out")]
    [InlineData("a/..")]
    [InlineData("/out")]
    [InlineData("..")]
    [InlineData("./../x/../out")]
    public async Task A_path_that_leads_out_is_refused(string path)
        => await RefusedAsync(
            builder => builder.Raw(() => builder.Entry(TarEntryType.RegularFile, path, [1], PackageBuilder.Plain)), "MF7061");

    [Theory]
    [InlineData("link", "../out")]
    [InlineData("link", "/etc/passwd")]
    [InlineData("a/b/link", "../../../out")]
    [InlineData("link", "a/../../out")]
    public async Task A_link_that_leads_out_is_refused(string path, string target)
        => await RefusedAsync(builder => builder.Link(path, target), "MF7061");

    [Fact]
    public async Task A_link_that_leads_out_through_another_link_is_refused()
        => await RefusedAsync(
            builder => builder.File("a/b/c/file", "x").Link("a/b/near", ".").Link("far", "a/b/near/../../../out"), "MF7061");

    [Fact]
    public async Task Links_that_stay_inside_are_fine()
    {
        var package = await _folder.ExtractAsync(new PackageBuilder("links").File("a/b/c/file", "x").Link("a/b/near", ".")
            .Link("far", "a/b/near/../../a/b/c/file").Link("circle", "circle").Link("dangling", "nothing/here"));

        Assert.Equal("x", File.ReadAllText(Path.Combine(package.Folder, "far")));
    }

    [Theory]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    [InlineData(TarEntryType.Fifo)]
    public async Task A_device_is_refused(TarEntryType type)
        => await RefusedAsync(builder => builder.Raw(() => builder.Entry(type, "dev/x", null, PackageBuilder.Plain)), "MF7061");

    [Theory]
    [InlineData("../../out")]
    [InlineData("/etc/passwd")]
    [InlineData("missing")]
    [InlineData("link")]
    [InlineData("folder")]
    public async Task Another_name_of_what_is_no_file_of_the_package_is_refused(string target)
        => await RefusedAsync(builder => builder.File("folder/x", "x").Link("link", "folder/x").HardLink("name", target), "MF7061");

    [Fact]
    public async Task A_file_behind_a_link_is_refused()
        => await RefusedAsync(builder => builder.File("a/x", "x").Link("b", "a").File("b/y", "y"), "MF7061");

    [Fact]
    public async Task A_link_in_the_place_of_a_folder_is_refused()
        => await RefusedAsync(builder => builder.File("a/x", "x").Link("a", "."), "MF7061");

    [Fact]
    public async Task A_file_that_is_a_folder_too_is_refused()
        => await RefusedAsync(builder => builder.File("a", "x").File("a/b", "x"), "MF7061");

    [Fact]
    public async Task Two_different_files_of_one_name_are_refused()
        => await RefusedAsync(builder => builder.File("a", "x").File("./a", "y"), "MF7061");

    [Fact]
    public async Task A_link_after_a_file_of_its_name_is_refused()
        => await RefusedAsync(builder => builder.File("a", "x").Link("a", "b"), "MF7061");

    [Fact]
    public async Task An_entry_that_is_there_twice_is_fine()
    {
        var package = await _folder.ExtractAsync(
            new PackageBuilder("twice").File("a", "x").File("a", "x").Link("b", "a").Link("b", "a").HardLink("c", "a").HardLink("c", "a"));

        Assert.Equal("x", File.ReadAllText(Path.Combine(package.Folder, "c")));
    }

    [Theory]
    [InlineData("share/E/x", "share/e/y")]
    [InlineData("Readme", "README")]
    public async Task Names_that_differ_in_capital_letters_are_refused_only_where_they_are_one(string one, string other)
    {
        var file = new PackageBuilder("terms").File(one, "x").File(other, "y").Write(_folder.Channel);
        var folding = new CondaPackageFolder(_folder.Machine, TimeProvider.System) { FoldsCase = true };

        var error = await Assert.ThrowsAsync<EnvironmentException>(() => _folder.ExtractAsync(file, folding));

        Assert.Equal("MF7061", error.Code);
        _folder.AssertNothingLeft();
        Assert.Equal("x", File.ReadAllText(Path.Combine((await _folder.ExtractAsync(file)).Folder, one)));
    }

    [Fact]
    public async Task A_file_with_holes_is_refused()
        => await RefusedAsync(
            static builder => builder.Raw(() => new PaxTarEntry(
                TarEntryType.RegularFile, "holes", new Dictionary<string, string> { ["GNU.sparse.major"] = "1" })
            {
                DataStream = new MemoryStream([1]),
            }),
            "MF7060");

    [Fact]
    public async Task A_name_that_is_not_UTF8_is_refused()
    {
        var tar = new PackageBuilder("bytes").File("strange-name", "x").Tar(withInfo: true, withFiles: true);
        var bytes = tar.AsSpan();
        for (int at; (at = bytes.IndexOf("strange-name"u8)) >= 0;)
        {
            bytes[at] = 0xFF;
        }

        // The checksums of the headers are made anew.
        FixChecksums(tar);
        var error = await Assert.ThrowsAsync<EnvironmentException>(
            () => _folder.ExtractAsync(PackageBuilder.Save(_folder.Channel, "bytes-1.0-0.tar.bz2", PackageBuilder.Bzip2(tar))));

        Assert.Equal("MF7061", error.Code);
        _folder.AssertNothingLeft();
    }

    private static void FixChecksums(byte[] tar)
    {
        for (var at = 0; at + 512 <= tar.Length; at += 512)
        {
            var header = tar.AsSpan(at, 512);
            if (!header[257..262].SequenceEqual("ustar"u8))
            {
                continue;
            }

            header[148..156].Fill((byte)' ');
            var sum = 0;
            foreach (var one in header)
            {
                sum += one;
            }

            Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[148..]);
        }
    }

    private async Task RefusedAsync(Func<PackageBuilder, PackageBuilder> hostile, string code)
    {
        foreach (var format in new[] { CondaFormat.Conda, CondaFormat.TarBzip2 })
        {
            var file = hostile(new PackageBuilder("hostile").File("before", "x")).File("after", "x").Write(_folder.Channel, format);
            var error = await Assert.ThrowsAsync<EnvironmentException>(() => _folder.ExtractAsync(file));
            Assert.Equal(code, error.Code);
            _folder.AssertNothingLeft();
        }
    }
}
