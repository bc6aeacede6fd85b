using System.Diagnostics;
using Metaflow.Errors;
using Metaflow.Python.Conda.Solving;

namespace Metaflow.Python.Tests.Conda.Solving;

public sealed class VirtualPackagesTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public void This_machine_is_found_out()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It looks at Linux.");
        using var getconf = Process.Start(new ProcessStartInfo("getconf", ["GNU_LIBC_VERSION"]) { RedirectStandardOutput = true })!;
        var glibc = getconf.StandardOutput.ReadToEnd().Trim();
        var found = VirtualPackages.Of(new MachineProbe().Platform, None).ToDictionary(static package => package.Name);

        Assert.Equal(glibc, $"glibc {found["__glibc"].Version}");
        Assert.StartsWith(found["__linux"].Version.Text, File.ReadAllText("/proc/sys/kernel/osrelease"), StringComparison.Ordinal);
        Assert.Contains("__unix", found.Keys);
        Assert.Equal("1", found["__archspec"].Version.Text);
    }

    [Theory]
    [InlineData("linux-64", "__archspec=1=x86_64 __glibc=2.27=0 __linux=0=0 __unix=0=0")]
    [InlineData("linux-aarch64", "__archspec=1=aarch64 __glibc=2.27=0 __linux=0=0 __unix=0=0")]
    [InlineData("osx-arm64", "__archspec=1=arm64 __osx=11.0=0 __unix=0=0")]
    [InlineData("win-64", "__archspec=1=x86_64 __win=0=0")]
    [InlineData("noarch", "")]
    public void Another_platform_has_defaults(string platform, string expected)
        => Assert.Equal(expected, string.Join(' ', VirtualPackages.Of(platform, None, Probe with { Platform = "other" })));

    [Fact]
    public void Values_of_the_user_replace_and_remove_packages()
    {
        var found = VirtualPackages.Of(
            "linux-64",
            new Dictionary<string, string>
            {
                ["CONDA_OVERRIDE_GLIBC"] = "2.17",
                ["CONDA_OVERRIDE_CUDA"] = "12.4",
                ["CONDA_OVERRIDE_LINUX"] = "",
                ["CONDA_OVERRIDE_ARCHSPEC"] = "zen3",
                ["CONDA_OVERRIDE_UNKNOWN"] = "1..",
            },
            Probe);

        Assert.Equal("__archspec=1=zen3 __cuda=12.4=0 __glibc=2.17=0 __unix=0=0", string.Join(' ', found));
    }

    [Fact]
    public void A_value_that_is_no_version_is_refused_with_a_code()
        => Assert.Equal("MF7058", Assert.Throws<EnvironmentException>(() => VirtualPackages.Of(
            "linux-64", new Dictionary<string, string> { ["CONDA_OVERRIDE_GLIBC"] = "2..4" }, Probe)).Code);

    private static MachineProbe Probe => new()
    {
        Platform = "linux-64",
        LinuxVersion = "6.1.0",
        GlibcVersion = "2.36",
        MacOSVersion = null,
        WindowsVersion = null,
        CudaVersion = null,
        Processor = "x86_64_v3",
    };
}
