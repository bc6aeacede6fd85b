namespace Metaflow.Packaging.Tests;

/// <summary>Who gets what of the package: the compiler the generator and the analyzers, editors and <c>dotnet format</c> the code fixes,
/// too.</summary>
public sealed class CompilerExtensionTests(PackedPackages packages)
{
    // Not partial.
    private const string Flow = """
        using Metaflow;

        return await FlowProgram.RunAsync<HelloFlow>(args);

        public class HelloFlow : FlowSpec
        {
            [Step]
            Transition Start() => Next(End);

            [Step]
            void End() { }
        }
        """;

    [Fact]
    public async Task Code_fixes_are_applied_from_the_command_line_and_are_not_given_to_the_compiler()
    {
        var app = await packages.WriteAppAsync("", Flow);
        File.Delete(Path.Combine(app, "app.cs"));
        var file = Path.Combine(app, "HelloFlow.cs");
        await File.WriteAllTextAsync(file, Flow, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(app, "hello.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Metaflow" Version="{packages.Version}" /></ItemGroup>
            </Project>
            """,
            TestContext.Current.CancellationToken);

        (await packages.RunInAppAsync(app, "format", "analyzers", "--severity", "info", "--diagnostics", "MF1030")).AssertSucceeded();
        Assert.Contains("public partial class HelloFlow", await TemplateTests.ReadAsync(file), StringComparison.Ordinal);

        var build = await packages.RunInAppAsync(app, "build", "-t:Build", "-getItem:Analyzer");
        build.AssertSucceeded();
        Assert.Contains("Metaflow.Generators.dll", build.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Metaflow.CodeFixes.dll", build.Output, StringComparison.Ordinal);
    }
}
