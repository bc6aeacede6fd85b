using System.Reflection.PortableExecutable;

namespace Metaflow.Packaging.Tests;

public sealed class PackageContentTests(PackedPackages packages)
{
    [Theory]
    [InlineData("Metaflow.Core")]
    [InlineData("Metaflow.Cli")]
    [InlineData("Metaflow")]
    [InlineData("Metaflow.Hosting")]
    [InlineData("Metaflow.ObjectStorage")]
    [InlineData("Metaflow.Aws")]
    [InlineData("Metaflow.Azure")]
    [InlineData("Metaflow.Gcp")]
    [InlineData("Metaflow.Testing")]
    public void A_package_has_its_assembly_with_an_image_that_starts_faster_documentation_readme_and_licence(string package)
    {
        var entries = packages.EntriesOf(package);

        Assert.Contains($"lib/net10.0/{package}.dll", entries);
        Assert.Contains($"lib/net10.0/{package}.xml", entries);
        Assert.Contains("README.md", entries);
        Assert.Contains("LICENSE", entries);
        foreach (var runtime in PackedPackages.Runtimes)
        {
            var machine = packages.Read(package, $"runtimes/{runtime}/lib/net10.0/{package}.dll", static stream => ImageMachine(stream));
            Assert.Equal((runtime, MachineOf(runtime)), (runtime, machine));
        }
    }

    [Fact]
    public void No_assembly_of_an_image_is_made_twice_at_once_in_the_same_place()
    {
        var made = packages.Packing.Split('\n').Select(static line => line.Trim())
            .Where(static line => line.Contains(" -> ", StringComparison.Ordinal) && line.EndsWith(".dll", StringComparison.Ordinal)
                && PackedPackages.Runtimes.Any(runtime => line.Contains($"_{runtime}/", StringComparison.Ordinal))).ToList();

        // One for each package and system.
        Assert.Equal(11 * PackedPackages.Runtimes.Count, made.Count);
        Assert.Equal(made.Distinct(), made);
    }

    [Theory]
    [InlineData("analyzers/dotnet/cs/Metaflow.Generators.dll")]
    [InlineData("analyzers/dotnet/cs/Metaflow.CodeFixes.dll")]
    [InlineData("lib/net10.0/Metaflow.TaskHost.dll")]
    [InlineData("build/Metaflow.targets")]
    [InlineData("buildTransitive/Metaflow.targets")]
    public void What_authors_install_carries_the_generator_and_the_settings(string entry)
        => Assert.Contains(entry, packages.EntriesOf("Metaflow"));

    [Fact]
    public void The_host_of_tasks_lies_beside_every_image()
        => Assert.All(
            PackedPackages.Runtimes,
            runtime => Assert.Contains($"runtimes/{runtime}/lib/net10.0/Metaflow.TaskHost.dll", packages.EntriesOf("Metaflow")));

    private static readonly string[] OfCommandLine =
        [
            "Metaflow.Core", "Microsoft.Diagnostics.NETCore.Client", "Microsoft.Diagnostics.Runtime", "Spectre.Console",
            "System.CommandLine", "YamlDotNet",
        ];

    [Theory]
    [InlineData("Metaflow", "Metaflow.Cli", new[] { "Metaflow.Cli", "Metaflow.Core", "Metaflow.Environments" })]
    [InlineData("Metaflow", "Metaflow.Environments", new[] { "Metaflow.Cli", "Metaflow.Core", "Metaflow.Environments" })]
    [InlineData(
        "Metaflow.Environments", "NuGet.Versioning",
        new[] { "Metaflow.Core", "Metaflow.Python", "NuGet.Versioning", "Tomlyn", "YamlDotNet" })]
    [InlineData(
        "Metaflow.Environments", "Tomlyn",
        new[] { "Metaflow.Core", "Metaflow.Python", "NuGet.Versioning", "Tomlyn", "YamlDotNet" })]
    [InlineData(
        "Metaflow.Environments", "Metaflow.Python",
        new[] { "Metaflow.Core", "Metaflow.Python", "NuGet.Versioning", "Tomlyn", "YamlDotNet" })]
    [InlineData("Metaflow.Python", "SharpCompress", new[] { "Metaflow.Core", "SharpCompress", "ZstdSharp.Port" })]
    [InlineData("Metaflow.Python", "ZstdSharp.Port", new[] { "Metaflow.Core", "SharpCompress", "ZstdSharp.Port" })]
    [InlineData("Metaflow.Cli", "System.CommandLine", null)]
    [InlineData("Metaflow.Cli", "YamlDotNet", null)]
    [InlineData("Metaflow.Cli", "Spectre.Console", null)]
    [InlineData("Metaflow.Cli", "Microsoft.Diagnostics.Runtime", null)]
    [InlineData("Metaflow.Cli", "Microsoft.Diagnostics.NETCore.Client", null)]
    public void The_command_line_and_its_libraries_are_dependencies_at_run_time_only(string package, string hidden, string[]? all)
    {
        var dependencies = packages.SpecificationOf(package).Descendants()
            .Where(static element => element.Name.LocalName == "dependency")
            .ToDictionary(static element => (string)element.Attribute("id")!);

        Assert.Equal(all ?? OfCommandLine, dependencies.Keys.Order(StringComparer.Ordinal));

        // NuGet writes what flows to a program, or what does not.
        if ((string?)dependencies[hidden].Attribute("include") is { } included)
        {
            Assert.Contains("Runtime", included.Split(','));
            Assert.DoesNotContain("Compile", included.Split(','));
        }
        else
        {
            Assert.Contains("Compile", ((string)dependencies[hidden].Attribute("exclude")!).Split(','));
            Assert.DoesNotContain("Runtime", ((string)dependencies[hidden].Attribute("exclude")!).Split(','));
        }
    }

    [Fact]
    public void The_core_depends_on_nothing()
        => Assert.DoesNotContain(
            packages.SpecificationOf("Metaflow.Core").Descendants(), static element => element.Name.LocalName == "dependency");

    [Fact]
    public void The_suites_depend_on_no_test_framework()
        => Assert.Equal(
            ["Metaflow", "Metaflow.Core"],
            packages.SpecificationOf("Metaflow.Testing").Descendants()
                .Where(static element => element.Name.LocalName == "dependency")
                .Select(static element => (string)element.Attribute("id")!).Order(StringComparer.Ordinal));

    // An image for another system than Windows has the number of the machine mixed with that of the system, so that it is loaded nowhere
    // else.
    private static int MachineOf(string runtime)
    {
        const int Linux = 0x7B79;
        const int Apple = 0x4644;
        var machine = (int)(runtime.EndsWith("-arm64", StringComparison.Ordinal) ? Machine.Arm64 : Machine.Amd64);
        return machine ^ (runtime.StartsWith("linux-", StringComparison.Ordinal)
            ? Linux
            : runtime.StartsWith("osx-", StringComparison.Ordinal)
            ? Apple
            : 0);
    }

    private static int ImageMachine(Stream stream)
    {
        using var image = new PEReader(stream);
        Assert.NotEqual(0, image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
        return (int)image.PEHeaders.CoffHeader.Machine;
    }
}
