using Metaflow.Environments.Programs;
using Metaflow.Errors;

namespace Metaflow.Environments.Tests.Programs;

/// <summary>Only programs whose packages are files of their own can be started with others.</summary>
public sealed class CompiledProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-program-").FullName;

    private string Assembly => Path.Combine(_folder, "flow.dll");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_program_that_the_SDK_built_is_found_with_its_framework()
    {
        Write("deps.json", "{}");
        Write("runtimeconfig.json", """{ "runtimeOptions": { "tfm": "net10.0" } }""");

        var program = CompiledProgram.Find(Assembly, "/usr/bin/dotnet", isCompiledAhead: false);

        Assert.Equal("net10.0", program.Framework);
        Assert.Equal(_folder, program.Folder);
    }

    [Fact]
    public void A_native_program_is_refused()
        => AssertRefused("native", () => CompiledProgram.Find(Assembly, "dotnet", isCompiledAhead: true));

    [Fact]
    public void A_single_file_is_refused()
        => AssertRefused("single file", () => CompiledProgram.Find("", "dotnet", isCompiledAhead: false));

    [Fact]
    public void A_program_without_a_list_of_its_packages_is_refused()
        => AssertRefused("flow.deps.json", () => CompiledProgram.Find(Assembly, "dotnet", isCompiledAhead: false));

    [Fact]
    public void A_self_contained_program_is_refused()
    {
        Write("deps.json", "{}");
        Write("runtimeconfig.json", """{ "runtimeOptions": { "tfm": "net10.0", "includedFrameworks": [] } }""");

        AssertRefused("self-contained", () => CompiledProgram.Find(Assembly, "dotnet", isCompiledAhead: false));
    }

    [Fact]
    public void A_program_whose_settings_are_damaged_is_refused()
    {
        Write("deps.json", "{}");
        Write("runtimeconfig.json", "{");

        AssertRefused("damaged", () => CompiledProgram.Find(Assembly, "dotnet", isCompiledAhead: false));
    }

    private static void AssertRefused(string why, Func<object> find)
    {
        var error = Assert.Throws<EnvironmentException>(find);
        Assert.Equal(ErrorCodes.ProgramWithoutEnvironments, error.Code);
        Assert.Contains(why, error.Why, StringComparison.Ordinal);
    }

    private void Write(string extension, string content) => File.WriteAllText(Path.ChangeExtension(Assembly, extension), content);
}
