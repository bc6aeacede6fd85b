using Metaflow.Errors;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.Tests.PyPI.Tags;

public sealed class TagTests
{
    private static readonly PythonPlatform Linux = new(PythonSystem.Linux, "x86_64") { Glibc = new LibraryVersion(2, 28) };

    [Fact]
    public void Tags_of_Linux_go_from_the_latest_library_to_the_oldest()
    {
        var tags = Linux.ToTags();
        Assert.Equal("manylinux_2_28_x86_64", tags[0]);
        Assert.Equal(["manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux_2_16_x86_64"], tags.Skip(11).Take(3));
        Assert.Equal(["manylinux_2_12_x86_64", "manylinux2010_x86_64"], tags.Skip(17).Take(2));
        Assert.Equal(["manylinux_2_5_x86_64", "manylinux1_x86_64", "linux_x86_64"], tags.TakeLast(3));
        Assert.Contains("manylinux_2_22_x86_64", tags);
    }

    [Fact]
    public void Other_platforms_have_their_own_tags()
    {
        Assert.Equal(
            ["musllinux_1_2_aarch64", "musllinux_1_1_aarch64", "musllinux_1_0_aarch64", "linux_aarch64"],
            new PythonPlatform(PythonSystem.Linux, "aarch64") { Musl = new LibraryVersion(1, 2) }.ToTags());
        Assert.Equal("manylinux2014_aarch64", (Linux with { Machine = "aarch64" }).ToTags()[^2]);
        Assert.Equal(["win_amd64"], PythonPlatform.FromSubdirectory("win-64")!.ToTags());
        Assert.Equal(["win_arm64"], PythonPlatform.FromSubdirectory("win-arm64")!.ToTags());
        var arm = PythonPlatform.FromSubdirectory("osx-arm64")!.ToTags();
        Assert.Equal(["macosx_12_0_arm64", "macosx_12_0_universal2", "macosx_11_0_arm64"], arm.Take(3));
        Assert.DoesNotContain("macosx_10_16_arm64", arm);
        Assert.Equal("macosx_10_4_universal2", arm[^1]);
        Assert.Null(PythonPlatform.FromSubdirectory("amiga-68k"));
    }

    [Theory]
    [InlineData("a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "a-1-cp311-abi3-manylinux_2_28_x86_64.whl")]
    [InlineData("a-1-cp311-abi3-manylinux2014_x86_64.whl", "a-1-cp38-abi3-manylinux2014_x86_64.whl")]
    [InlineData("a-1-cp38-abi3-linux_x86_64.whl", "a-1-py3-none-manylinux2014_x86_64.whl")]
    [InlineData("a-1-py3-none-manylinux2014_x86_64.whl", "a-1-py3-none-any.whl")]
    [InlineData("a-1-cp311-none-any.whl", "a-1-py311-none-any.whl")]
    [InlineData("a-1-py2.py3-none-any.whl", "a-1-py30-none-any.whl")]
    public void The_wheel_for_fewer_machines_is_better(string better, string worse)
    {
        var tags = SupportedTags.Of(PythonVersion.Parse("3.11"), Linux);
        Assert.True(tags.RankOf(WheelFileName.Parse(better)) < tags.RankOf(WheelFileName.Parse(worse)));
    }

    [Theory]
    [InlineData("a-1-cp312-cp312-manylinux2014_x86_64.whl")]
    [InlineData("a-1-cp312-abi3-manylinux2014_x86_64.whl")]
    [InlineData("a-1-cp311-cp311-manylinux_2_29_x86_64.whl")]
    [InlineData("a-1-cp311-cp311-musllinux_1_1_x86_64.whl")]
    [InlineData("a-1-cp311-cp311-win_amd64.whl")]
    [InlineData("a-1-cp311-cp311-macosx_11_0_arm64.whl")]
    [InlineData("a-1-cp311-cp311-manylinux2014_aarch64.whl")]
    [InlineData("a-1-py2-none-any.whl")]
    [InlineData("a-1-py312-none-any.whl")]
    public void A_wheel_for_others_cannot_be_installed(string fileName)
        => Assert.Null(SupportedTags.Of(PythonVersion.Parse("3.11"), Linux).RankOf(WheelFileName.Parse(fileName)));

    [Fact]
    public void A_Python_without_the_global_lock_has_a_binary_interface_of_its_own()
    {
        var tags = SupportedTags.Of(PythonVersion.Parse("3.13.0"), Linux, isFreeThreaded: true);
        Assert.Equal("cp313-cp313t-manylinux_2_28_x86_64", tags.Items[0].ToString());
        Assert.DoesNotContain(tags.Items, static tag => tag.Abi == "abi3");
        Assert.Equal("cp37m", SupportedTags.AbiOf(PythonVersion.Parse("3.7"), false));
    }

    [Fact]
    public void The_name_of_a_wheel_says_what_it_is()
    {
        var name = WheelFileName.Parse("My_Pkg.x-1.0.post1+local.2-2b-cp39.cp310-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl");
        Assert.Equal(("my-pkg-x", "1.0.post1+local.2", "2b", 4), (name.Name, name.Version.ToString(), name.Build, name.Tags.Count));
        Assert.False(name.IsForAnyPlatform);
        Assert.True(WheelFileName.Parse("a-1.0-py2.py3-none-any.whl").IsForAnyPlatform);
    }

    [Theory]
    [InlineData("a-1.0-py3-none.whl")]
    [InlineData("a-1.0-py3-none-any.zip")]
    [InlineData("a-b-1.0-py3-none-any.whl")]
    [InlineData("a__b-1.0-py3-none-any.whl")]
    [InlineData("../a-1.0-py3-none-any.whl")]
    [InlineData("a-x-py3-none-any.whl")]
    [InlineData("a-1.0--none-any.whl")]
    public void A_name_that_is_no_wheels_is_refused(string fileName)
        => Assert.Equal("MF7071", Assert.Throws<EnvironmentException>(() => WheelFileName.Parse(fileName)).Code);

    [Fact]
    public void Tags_are_those_that_Python_itself_computes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The C library of this machine has no version to compare with.");
        var oracle = PythonOracle.Require();
        const string Code = """
            import json, platform, sys
            try:
                from pip._vendor.packaging import tags
            except ImportError:
                from packaging import tags
            json.load(sys.stdin)
            mac = [list(tags.mac_platforms((12, 0), "arm64")), list(tags.mac_platforms((12, 0), "x86_64")),
                   list(tags.mac_platforms((10, 9), "x86_64"))]
            json.dump([[platform.machine(), platform.libc_ver()[1]], [str(tag) for tag in tags.sys_tags()]] + mac, sys.stdout)
            """;
        var expected = oracle.Ask<List<List<string>>>(Code, "");
        Assert.True(LibraryVersion.TryParse(expected[0][1], out var glibc));
        var platform = new PythonPlatform(PythonSystem.Linux, expected[0][0]) { Glibc = glibc };

        // Former versions of the library leave one out when nobody names the interpreter; pip names it.
        var tags = SupportedTags.Of(PythonVersion.Parse(oracle.Version), platform).Items.Select(static tag => tag.ToString());
        var missing = SupportedTags.Interpreter(PythonVersion.Parse(oracle.Version)) + "-none-any";
        Assert.Equal(expected[1], tags.Where(tag => tag != missing || expected[1].Contains(missing)));
        Assert.Equal(expected[2], MacTags.Of("arm64", new LibraryVersion(12, 0)));
        Assert.Equal(expected[3], MacTags.Of("x86_64", new LibraryVersion(12, 0)));
        Assert.Equal(expected[4], MacTags.Of("x86_64", new LibraryVersion(10, 9)));
    }
}
