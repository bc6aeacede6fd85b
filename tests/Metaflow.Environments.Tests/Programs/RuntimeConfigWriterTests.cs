using System.Text;
using System.Text.Json;
using Metaflow.Environments.Programs;
using Metaflow.Errors;

namespace Metaflow.Environments.Tests.Programs;

/// <summary>A program starts with the runtime and the frameworks that its environment needs.</summary>
public sealed class RuntimeConfigWriterTests
{
    private const string Console = """
        { "runtimeOptions": { "tfm": "net10.0", "framework": { "name": "Microsoft.NETCore.App", "version": "10.0.0" },
          "configProperties": { "System.GC.Server": true, "Own": "before" } } }
        """;

    private const string Web = """
        { "runtimeOptions": { "tfm": "net10.0", "rollForward": "Major", "frameworks": [
          { "name": "Microsoft.NETCore.App", "version": "10.0.0" }, { "name": "Microsoft.AspNetCore.App", "version": "10.0.1" }] } }
        """;

    [Fact]
    public void The_programs_own_settings_stay_and_frameworks_of_packages_are_added()
    {
        var written = Write(Console, ["Microsoft.AspNetCore.App"], runtime: null);

        Assert.Equal("Microsoft.NETCore.App 10.0.0, Microsoft.AspNetCore.App 10.0.0", FrameworksOf(written));
        Assert.True(written.GetProperty("configProperties").GetProperty("System.GC.Server").GetBoolean());
        Assert.Equal("after", written.GetProperty("configProperties").GetProperty("Own").GetString());
    }

    [Fact]
    public void A_runtime_takes_the_place_of_the_programs_own()
        => Assert.Equal("Microsoft.NETCore.App 10.0.13", FrameworksOf(Write(Console, [], "10.0.13")));

    [Theory]
    [InlineData(Web)]
    [InlineData(Console, "Microsoft.AspNetCore.App")]
    public void A_runtime_without_a_framework_that_is_needed_is_refused(string program, params string[] ofPackages)
    {
        var error = Assert.Throws<ConfigurationException>(() => Write(program, ofPackages, "10.0.13"));

        Assert.Equal(ErrorCodes.RuntimeUnsuitable, error.Code);
        Assert.Contains("'Microsoft.AspNetCore.App'", error.Why, StringComparison.Ordinal);
    }

    private static JsonElement Write(string program, string[] ofPackages, string? runtime)
    {
        using var own = JsonDocument.Parse(program);
        var properties = new Dictionary<string, string> { ["Own"] = "after" };
        var written = Encoding.UTF8.GetString(RuntimeConfigWriter.Write(own.RootElement, properties, ofPackages, runtime));
        using var document = JsonDocument.Parse(written);
        return document.RootElement.GetProperty("runtimeOptions").Clone();
    }

    private static string FrameworksOf(JsonElement options) => string.Join(
        ", ",
        options.GetProperty("frameworks").EnumerateArray()
            .Select(static framework => $"{framework.GetProperty("name")} {framework.GetProperty("version")}"));
}
