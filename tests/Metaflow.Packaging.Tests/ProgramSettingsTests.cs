using System.Text.Json;

namespace Metaflow.Packaging.Tests;

/// <summary>The package leaves a program what a console project is: no setting of the runtime is the package's.</summary>
public sealed class ProgramSettingsTests(PackedPackages packages)
{
    // What any program of one file has beside, where that file is, and what the command line's library adds: what the program is called.
    private static readonly string[] Names = ["EntryPointFilePath", "EntryPointFileDirectoryPath", "System.CommandLine.ExecutableName"];

    private const string Flow = """
        using System.Globalization;
        using System.Text.Json;
        using Metaflow;

        return await FlowProgram.RunAsync<OrdersFlow>(args);

        public record Order(string Customer, decimal Price);

        public partial class OrdersFlow : FlowSpec
        {
            public partial string Customer { get; set; }
            public partial double Price { get; set; }

            [Step]
            Transition Start()
            {
                Customer = JsonSerializer.Deserialize<Order>("{\"Customer\":\"ada\",\"Price\":2}")!.Customer;
                Price = double.Parse("1.234,56", new CultureInfo("de-DE"));
                return Next(End);
            }

            [Step]
            void End()
            {
                dynamic price = Price;
                Console.WriteLine($"{Customer} pays {(price * 2).ToString("N1", new CultureInfo("de-DE"))}");
            }
        }
        """;

    [Fact]
    public async Task A_flow_reads_json_by_reflection_and_has_the_cultures()
    {
        // Restored without the native compiler's package, which is large; what the build itself says is looked at.
        var app = await packages.WriteAppAsync("", Flow);
        (await packages.RunInAppAsync(app, "restore", "app.cs", "-p:PublishAot=false")).AssertSucceeded();

        var run = await packages.RunInAppAsync(app, "run", "--no-restore", "app.cs", "--", "run");

        run.AssertSucceeded();
        Assert.Contains("ada pays 2.469,1", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("warning IL", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_in_one_file_has_the_settings_of_a_console_project()
    {
        var app = await packages.WriteAppAsync("", "Console.WriteLine(1);");
        (await packages.RunInAppAsync(app, "restore", "app.cs", "-p:PublishAot=false")).AssertSucceeded();
        (await packages.RunInAppAsync(app, "build", "--no-restore", "app.cs", "--output", "of-file")).AssertSucceeded();
        var project = await WriteConsoleProjectAsync(app);
        (await packages.RunInAppAsync(project, "build", "--output", "of-project")).AssertSucceeded();

        Assert.Equal(
            SettingsOf(Path.Combine(project, "of-project", "plain.runtimeconfig.json")),
            SettingsOf(Path.Combine(app, "of-file", "app.runtimeconfig.json")));
    }

    /// <summary>No setting of the collector, the just-in-time compiler or the cultures of a web app is the package's.</summary>
    [Fact]
    public async Task A_web_app_keeps_its_settings()
    {
        var app = await packages.WriteAppAsync("", "");
        var plain = await WriteWebProjectAsync(app, "plain", "");
        var hosting = await WriteWebProjectAsync(
            app, "hosting", $"""<PackageReference Include="Metaflow.Hosting" Version="{packages.Version}" />""");
        foreach (var project in (string[])[plain, hosting])
        {
            (await packages.RunInAppAsync(project, "build", "--output", "built")).AssertSucceeded();
        }

        var settings = SettingsOf(Path.Combine(hosting, "built", "hosting.runtimeconfig.json"));
        Assert.Equal("true", settings["System.GC.Server"]);
        Assert.Equal(SettingsOf(Path.Combine(plain, "built", "plain.runtimeconfig.json")), settings);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task The_command_line_has_the_last_word_on_native_compilation(string native)
    {
        var app = await packages.WriteAppAsync("", "Console.WriteLine(1);");
        (await packages.RunInAppAsync(app, "restore", "app.cs", "-p:PublishAot=false")).AssertSucceeded();

        var property = await packages.RunInAppAsync(
            app, "build", "--no-restore", "app.cs", $"-p:PublishAot={native}", "-getProperty:PublishAot");

        property.AssertSucceeded();
        Assert.Equal(native, property.Output.Trim());
    }

    /// <summary>A console project that knows nothing of the package.</summary>
    private static async Task<string> WriteConsoleProjectAsync(string app)
    {
        var project = Directory.CreateDirectory(Path.Combine(app, "console")).FullName;
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), "System.Console.WriteLine(1);");
        await File.WriteAllTextAsync(
            Path.Combine(project, "plain.csproj"),
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
            </Project>
            """);
        return project;
    }

    private static async Task<string> WriteWebProjectAsync(string app, string name, string reference)
    {
        var project = Directory.CreateDirectory(Path.Combine(app, name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), "Microsoft.AspNetCore.Builder.WebApplication.Create().Run();");
        await File.WriteAllTextAsync(
            Path.Combine(project, $"{name}.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup>{reference}</ItemGroup>
            </Project>
            """);
        return project;
    }

    private static Dictionary<string, string> SettingsOf(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        return json.RootElement.GetProperty("runtimeOptions").TryGetProperty("configProperties", out var settings)
            ? settings.EnumerateObject()
                .Where(static setting => !Names.Contains(setting.Name, StringComparer.Ordinal))
                .ToDictionary(static setting => setting.Name, static setting => setting.Value.GetRawText())
            : [];
    }
}
