using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Environments.Workspaces;

namespace Metaflow.Environments.Tests.Workspaces;

/// <summary>Requirements that begin with an environment.</summary>
public sealed class NamedEnvironmentsTests
{
    private static readonly ResolvedEnvironment Known = Samples.NuGet() with
    {
        Requirements =
        [
            new TypedText(Categories.DotNet, "net9.0"), new TypedText(Categories.NuGet, "newtonsoft.json==[12.0.0,13.0.0)"),
            new TypedText(Categories.NuGet, "serilog"),
        ],
        Sources = [new TypedText(Categories.NuGet, "https://feed.example/v3/index.json")],
    };

    [Fact]
    public void The_requirement_of_an_environment_makes_the_same_request_again()
    {
        var request = EnvironmentRequest.Of(NamedEnvironments.RequirementOf(Known), NamedEnvironments.FrameworkOf(Known)!);

        Assert.Equal(Known.Requirements, request.Requirements);
        Assert.Equal(Known.Sources, request.Sources);
    }

    [Fact]
    public void An_extended_environment_keeps_its_packages_and_its_sources()
    {
        var extended = NamedEnvironments.Extend(Known, new EnvironmentRequirement("a file")
        {
            Packages = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [Categories.NuGet] = new Dictionary<string, string> { ["Serilog"] = "4.0.0" },
            },
            Sources = new Dictionary<string, IReadOnlyList<string>> { [Categories.NuGet] = ["https://other.example/index.json"] },
        });

        Assert.Equal(
            ["newtonsoft.json", "serilog"],
            extended.Packages[Categories.NuGet].Keys.Select(static id => id.ToLowerInvariant()).Order());
        Assert.Equal(
            ["https://feed.example/v3/index.json", "https://other.example/index.json"], extended.Sources[Categories.NuGet]);
    }

    [Fact]
    public void An_extended_environment_keeps_its_version_of_NET_and_a_step_can_ask_for_another()
    {
        var known = Samples.WithRuntime(Known);
        var more = new EnvironmentRequirement("a step")
        {
            Packages = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [Categories.NuGet] = new Dictionary<string, string> { ["Serilog"] = "4.0.0" },
            },
        };
        var other = more with
        {
            Packages = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [Categories.DotNet] = new Dictionary<string, string> { ["runtime"] = "10.0.14" },
            },
        };

        Assert.Equal("10.0.13", RuntimeOf(NamedEnvironments.Extend(known, more)));
        Assert.Equal("10.0.14", RuntimeOf(NamedEnvironments.Extend(known, other)));
        Assert.Equal("10.0.13", RuntimeOf(NamedEnvironments.RequirementOf(known)));
        Assert.Equal("net9.0", NamedEnvironments.FrameworkOf(known));

        static string? RuntimeOf(EnvironmentRequirement requirement)
            => RuntimeRequirement.VersionOf(EnvironmentRequest.Of(requirement, "net10.0").Requirements);
    }
}
