using System.Text.Json;
using Metaflow.Errors;

namespace Metaflow.Environments.Programs;

/// <summary>A program as the SDK built it: its files say with which packages it was compiled.</summary>
/// <param name="AssemblyFile">The absolute path of the program's assembly.</param>
/// <param name="DependenciesFile">The absolute path of its <c>.deps.json</c>.</param>
/// <param name="RuntimeConfigFile">The absolute path of its <c>.runtimeconfig.json</c>.</param>
/// <param name="Dotnet">The absolute path of the program <c>dotnet</c> that starts it.</param>
internal sealed record CompiledProgram(string AssemblyFile, string DependenciesFile, string RuntimeConfigFile, string Dotnet)
{
    /// <summary>Gets the absolute path of the assembly with the code of the steps. The default is the program's own; a program that runs
    /// the flows of others has theirs.</summary>
    public string CodeFile { get; init; } = AssemblyFile;

    /// <summary>Gets the folder with the files of the program.</summary>
    public string Folder => Path.GetDirectoryName(DependenciesFile)!;

    /// <summary>Gets what the program was compiled for, such as <c>net10.0</c>.</summary>
    public string Framework { get; } = FrameworkOf(RuntimeConfigFile);

    /// <summary>Finds the files of a program.</summary>
    /// <param name="assemblyFile">The path of its assembly; empty if the assembly is no file.</param>
    /// <param name="dotnet">The path of the program <c>dotnet</c>; <see langword="null"/> if there is none.</param>
    /// <param name="isCompiledAhead">Whether the program is native code.</param>
    /// <returns>The program.</returns>
    /// <exception cref="EnvironmentException">MF7024: the program's form does not allow packages of steps.</exception>
    public static CompiledProgram Find(string assemblyFile, string? dotnet, bool isCompiledAhead)
    {
        if (isCompiledAhead)
        {
            throw Unsuitable("It is a native program: the packages that it was compiled with are part of it.");
        }

        if (assemblyFile.Length == 0)
        {
            throw Unsuitable("It is a single file, or was loaded from memory: the packages that it was compiled with are part of it.");
        }

        var dependencies = Path.ChangeExtension(assemblyFile, ".deps.json");
        var runtimeConfig = Path.ChangeExtension(assemblyFile, ".runtimeconfig.json");
        foreach (var file in (string[])[dependencies, runtimeConfig])
        {
            if (!File.Exists(file))
            {
                throw Unsuitable($"The file '{file}', which names its packages, is not there.");
            }
        }

        if (IsSelfContained(runtimeConfig))
        {
            throw Unsuitable("It is self-contained: it brings its own runtime, which cannot start it with other packages.");
        }

        return dotnet is null
            ? throw Unsuitable("There is no program 'dotnet' that could start it.")
            : new CompiledProgram(assemblyFile, dependencies, runtimeConfig, dotnet);
    }

    private static bool IsSelfContained(string runtimeConfig)
    {
        using var document = Read(runtimeConfig);
        return document.RootElement.TryGetProperty("runtimeOptions", out var options)
            && options.TryGetProperty("includedFrameworks", out _);
    }

    private static string FrameworkOf(string runtimeConfig)
    {
        using var document = Read(runtimeConfig);
        return document.RootElement.TryGetProperty("runtimeOptions", out var options) && options.TryGetProperty("tfm", out var name)
            ? name.GetString()! : $"net{Environment.Version.Major}.{Environment.Version.Minor}";
    }

    private static JsonDocument Read(string file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(file));
        }
        catch (JsonException error)
        {
            throw Unsuitable($"The file '{file}' is damaged: {error.Message}");
        }
    }

    private static EnvironmentException Unsuitable(string why) => new(
        ErrorCodes.ProgramWithoutEnvironments,
        "The steps of this program cannot have packages of their own.",
        why,
        "Publish it framework-dependent, not trimmed, not native and not as a single file ('dotnet publish --no-self-contained'), or "
            + "remove [NuGet] from the steps. '--environment local' runs all steps with the packages that the program was compiled with.");
}
