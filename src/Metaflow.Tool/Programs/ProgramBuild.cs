using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Metaflow.Errors;

namespace Metaflow.Tool.Programs;

/// <summary>Builds a program by the SDK, and finds out what starts it.</summary>
internal static class ProgramBuild
{
    /// <summary>Builds a program and records it.</summary>
    /// <param name="target">The program.</param>
    /// <param name="errors">Receives what the build says of what is wrong.</param>
    /// <param name="cancellationToken">Ends the build.</param>
    /// <returns>The program, or <see langword="null"/> where it does not build.</returns>
    /// <exception cref="ConfigurationException">MF2111: there is no SDK.</exception>
    public static async Task<BuiltProgram?> BuildAsync(FlowTarget target, TextWriter errors, CancellationToken cancellationToken)
    {
        // Looked at before the build: a file that is saved meanwhile makes the next run build again.
        var folders = BuildInputs.FoldersOf(target);
        var inputs = BuildInputs.In(folders).Append(target.Path).Concat(BuildInputs.Above(target.Folder)).Distinct()
            .ToDictionary(static path => path, FileState.Of, StringComparer.Ordinal);
        string[] asked =
        [
            "build", target.Path, "-target:Build", "-v:quiet", "-nologo", "-getProperty:RunCommand", "-getProperty:RunArguments",
            "-getItem:Compile", "-getItem:EmbeddedResource",
        ];
        using var build = Start(target, asked);
        var saying = build.StandardError.ReadToEndAsync(cancellationToken);
        var output = await build.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        await build.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        if (build.ExitCode != 0)
        {
            var (before, _, after) = Split(output);
            await errors.WriteAsync(before + after + await saying.ConfigureAwait(false)).ConfigureAwait(false);
            return null;
        }

        var built = Read(output, folders, inputs);
        built.Write(target);
        return built;
    }

    private static BuiltProgram Read(string output, IReadOnlyList<string> folders, Dictionary<string, FileState> inputs)
    {
        using var json = JsonDocument.Parse(Split(output).Answer);
        foreach (var item in json.RootElement.GetProperty("Items").EnumerateObject()
            .SelectMany(static kind => kind.Value.EnumerateArray()))
        {
            var path = item.GetProperty("FullPath").GetString()!;

            // What the build itself writes changes with each build.
            if (!path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            {
                inputs.TryAdd(path, FileState.Of(path));
            }
        }

        var properties = json.RootElement.GetProperty("Properties");
        var arguments = properties.GetProperty("RunArguments").GetString()!;

        // Of a program without an executable of its own it is: exec "its assembly".
        const string Execute = "exec ";
        string[] own = arguments.StartsWith(Execute, StringComparison.Ordinal) ? ["exec", arguments[Execute.Length..].Trim('"')] : [];
        var command = properties.GetProperty("RunCommand").GetString()!;
        return new BuiltProgram(command, own, folders, inputs, OutputsBeside(own is [_, var assembly] ? assembly : command));
    }

    // Libraries, and the two files of JSON that tell the runtime about them.
    private static string[] OutputsBeside(string program)
        => [.. Directory.EnumerateFiles(Path.GetDirectoryName(program)!)
            .Where(static file => Path.GetExtension(file) is ".dll" || file.EndsWith(".runtimeconfig.json", StringComparison.Ordinal)
                || file.EndsWith(".deps.json", StringComparison.Ordinal))];

    /// <summary>Splits what the build printed into its answer, which is JSON, and the messages around it. A build that failed answers
    /// too.</summary>
    private static (string Before, string Answer, string After) Split(string output)
    {
        var before = output.StartsWith('{') ? 0 : output.IndexOf("\n{", StringComparison.Ordinal) + 1;
        var end = output.LastIndexOf("\n}", StringComparison.Ordinal);
        return end < before || output[before..] is not ['{', ..]
            ? (output, "", "")
            : (output[..before], output[before..(end + 2)], output[(end + 2)..].TrimStart());
    }

    private static Process Start(FlowTarget target, IReadOnlyList<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("dotnet", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = target.Folder,
            })!;
        }
        catch (Win32Exception error)
        {
            throw new ConfigurationException(
                ErrorCodes.NoFlowProgram,
                $"'{target.Typed}' cannot be built.",
                $"The command 'dotnet' could not be started: {error.Message}",
                "Install the .NET SDK 10, or put its folder into PATH.",
                error);
        }
    }
}
