using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Metaflow.Environments.Records;
using Metaflow.Errors;

namespace Metaflow.Environments.Resolution;

/// <summary>Lets the .NET SDK find packages: it knows the feeds of this machine, their credentials, and NuGet's rules.</summary>
/// <remarks>One process of the SDK restores all environments at the same time. It works in a folder of its own, which is deleted
/// afterwards; the packages stay in NuGet's folder of packages.</remarks>
/// <param name="dotnet">The program <c>dotnet</c>.</param>
/// <param name="configurationFolder">The folder where the search for NuGet's configuration files begins.</param>
internal sealed partial class SdkRestore(string dotnet, string configurationFolder)
{
    private const string ResultFile = "project.assets.json";
    private const int LinesOfFailure = 5;

    /// <summary>Finds the packages of environments.</summary>
    /// <param name="requests">What is asked for.</param>
    /// <param name="cancellationToken">Ends the SDK's process.</param>
    /// <returns>For each request in order, what was found.</returns>
    /// <exception cref="EnvironmentException">MF7021: there is no SDK. MF7020: NuGet failed for all of them.</exception>
    public async Task<IReadOnlyList<RestoreResult>> RestoreAsync(
        IReadOnlyList<RestoreRequest> requests, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("metaflow-restore-").FullName;
        try
        {
            var projects = WriteProjects(folder, requests);
            var output = await RunAsync(folder, cancellationToken).ConfigureAwait(false);
            return [.. requests.Select((request, index) => Result(request, projects[index], output))];
        }
        finally
        {
            Delete(folder);
        }
    }

    /// <summary>Lets NuGet fetch a package into its folder.</summary>
    /// <param name="package">The package.</param>
    /// <param name="cancellationToken">Ends the SDK's process.</param>
    /// <returns>Whether a feed has the package; its bytes can be others.</returns>
    public async Task<bool> TryDownloadAsync(NuGetPackage package, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("metaflow-restore-").FullName;
        try
        {
            var project = Path.Combine(folder, "package.csproj");
            await File.WriteAllTextAsync(project, RestoreProject.OfDownload(package), cancellationToken).ConfigureAwait(false);
            await File.WriteAllTextAsync(
                Path.Combine(folder, "all.proj"), RestoreProject.OfAll([project]), cancellationToken).ConfigureAwait(false);
            var output = await RunAsync(folder, cancellationToken).ConfigureAwait(false);
            return Printed(project, output).Count == 0;
        }
        catch (EnvironmentException error) when (error.Code == ErrorCodes.SdkMissing)
        {
            return false;
        }
        finally
        {
            Delete(folder);
        }
    }

    private static List<string> WriteProjects(string folder, IReadOnlyList<RestoreRequest> requests)
    {
        var projects = new List<string>();
        for (var i = 0; i < requests.Count; i++)
        {
            // Projects of one name would be taken for one.
            var name = $"environment{i}";
            var project = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, name)).FullName, $"{name}.csproj");
            File.WriteAllText(project, RestoreProject.Of(requests[i]));
            projects.Add(project);
        }

        File.WriteAllText(Path.Combine(folder, "all.proj"), RestoreProject.OfAll(projects));
        return projects;
    }

    private async Task<IReadOnlyList<string>> RunAsync(string folder, CancellationToken cancellationToken)
    {
        var lines = new ConcurrentQueue<string>();
        using var process = new Process { StartInfo = StartInfo(folder) };
        process.OutputDataReceived += (_, line) => Keep(lines, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(lines, line.Data);
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw SdkMissing(error.Message, error);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        // The terminal's signal reaches both processes, and the SDK's can be the first to end.
        cancellationToken.ThrowIfCancellationRequested();
        return process.ExitCode != 0 && lines.FirstOrDefault(static line => WithoutSdk().IsMatch(line)) is { } missing
            ? throw SdkMissing(missing.Trim(), null)
            : [.. lines];
    }

    private ProcessStartInfo StartInfo(string folder)
    {
        var start = new ProcessStartInfo(dotnet)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])[
            "msbuild", "all.proj", "-t:Restore", "-v:m", "-nologo", "-tl:off", "-nodeReuse:false",
            $"-p:RestoreRootConfigDirectory={configurationFolder}"])
        {
            start.ArgumentList.Add(argument);
        }

        // A program that 'dotnet run' started has the variables of the SDK that built it.
        var ofBuild = start.Environment.Keys.Where(static name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase));
        foreach (var name in ofBuild.ToList())
        {
            start.Environment.Remove(name);
        }

        // The process lives for seconds: to measure its code, and to compile once more what is hot, takes a quarter of its time.
        foreach (var name in (string[])["DOTNET_TieredPGO", "DOTNET_TC_CallCounting", "DOTNET_EnableWriteXorExecute"])
        {
            start.Environment.TryAdd(name, "0");
        }

        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1";
        return start;
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }

    private static RestoreResult Result(RestoreRequest request, string project, IReadOnlyList<string> output)
    {
        var assets = Path.Combine(Path.GetDirectoryName(project)!, "obj", ResultFile);
        var problems = File.Exists(assets) ? Logged(assets) : [];
        if (problems.Count == 0)
        {
            problems = Printed(project, output);
        }

        if (problems.Count > 0)
        {
            return new RestoreResult(request, [], problems);
        }

        if (File.Exists(assets))
        {
            return new RestoreResult(request, AssetsFile.Read(assets, request), []);
        }

        return new RestoreResult(request, [], [new RestoreProblem("", Unnumbered(output))]);
    }

    // NuGet says without a number what it cannot begin with, and the SDK what ended it: the rest of its output says nothing more.
    private static string Unnumbered(IReadOnlyList<string> output)
    {
        List<string> errors = [.. output.Select(static line => UnnumberedLine().Match(line)).Where(static match => match.Success)
            .Select(static match => match.Groups["text"].Value.Trim()).Distinct()];
        return errors.Count > 0 ? string.Join('\n', errors)
            : string.Join(' ', output.Select(static line => line.Trim()).TakeLast(LinesOfFailure));
    }

    private static List<RestoreProblem> Logged(string assets)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(assets));
        return document.RootElement.TryGetProperty("logs", out var logs)
            ?
            [
                .. logs.EnumerateArray().Where(static log => log.GetProperty("level").GetString() == "Error").Select(static log =>
                    new RestoreProblem(log.GetProperty("code").GetString()!, log.GetProperty("message").GetString()!)),
            ]
            : [];
    }

    private static List<RestoreProblem> Printed(string project, IReadOnlyList<string> output)
        => [
            .. output.Select(static line => ErrorLine().Match(line)).Where(static match => match.Success)
                .Where(match => match.Groups["file"].Value.Trim() is var file
                    && (file == project || !file.EndsWith(".csproj", StringComparison.Ordinal)))
                .Select(static match => new RestoreProblem(match.Groups["code"].Value, match.Groups["text"].Value)).Distinct(),
        ];

    private static EnvironmentException SdkMissing(string why, Exception? inner) => new(
        ErrorCodes.SdkMissing,
        "Packages cannot be found.",
        $"The .NET SDK finds them, and this machine has none: {why}",
        "Install the .NET SDK here, or resolve the environments on a machine that has it ('environment resolve'). "
            + "What is resolved once runs everywhere without the SDK.",
        inner);

    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is in the folder for temporary files.
        }
    }

    [GeneratedRegex(@"^(?<file>.*?)\s*:\s*error\s+(?<code>[A-Z]+\d+)\s*:\s*(?<text>.*?)(\s\[[^\]]*\])?$")]
    private static partial Regex ErrorLine();

    [GeneratedRegex(
        @"^(.*:\s*error\s*:|(Unhandled exception[.:]\s*)?System\.[\w.]*Exception\s*(\(0x\w+\))?:)\s*(?<text>.*?)(\s\[[^\]]*\])?$")]
    private static partial Regex UnnumberedLine();

    [GeneratedRegex("No \\.NET SDKs were found|does not exist|SDK could not be found|not a dotnet command", RegexOptions.IgnoreCase)]
    private static partial Regex WithoutSdk();
}
