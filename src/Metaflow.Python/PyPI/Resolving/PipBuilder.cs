using System.Security.Cryptography;
using Metaflow.Errors;
using Metaflow.Python.Processes;
using Metaflow.Python.PyPI.Tags;
using Metaflow.Python.PyPI.Versions;

namespace Metaflow.Python.PyPI.Resolving;

/// <summary>Builds wheels from sources: archives, folders and repositories.</summary>
/// <param name="builder">The Python with pip.</param>
internal sealed class PipBuilder(PipBuilderPrefix builder)
{
    private const int CopyBuffer = 256 << 10;

    /// <summary>Builds the wheel of one source, without those that it needs.</summary>
    /// <param name="source">The source.</param>
    /// <param name="folder">Where the wheel goes; it is made if it is missing.</param>
    /// <param name="sources">Where pip looks for the tools of the build.</param>
    /// <param name="building">How to build.</param>
    /// <param name="cancellationToken">Ends the build. How long it may take is the caller's decision.</param>
    /// <returns>The wheel.</returns>
    /// <exception cref="EnvironmentException">MF7074: there is no pip, or it is too old. MF7077: the build fails, or makes another package.
    /// </exception>
    public async Task<BuiltWheel> BuildWheelAsync(
        WheelSource source, string folder, PipSources sources, PipBuildOptions building, CancellationToken cancellationToken)
    {
        await builder.RequirePipAsync(cancellationToken).ConfigureAwait(false);
        using var work = new WorkFolder("pip");
        var output = Directory.CreateDirectory(work.PathOf("wheels")).FullName;
        var isPath = Path.IsPathFullyQualified(source.Place);
        var lines = sources.ToLines().ToList();
        lines.AddRange(isPath ? [] : [PipArguments.Line($"{source.Name} @ {source.Place}")]);
        List<string> arguments =
        [
            "-m", "pip", .. PipArguments.Begin("wheel", sources, building), "--no-deps", "--wheel-dir", output,
            "--requirement", await work.WriteAsync("requirements.txt", lines, cancellationToken).ConfigureAwait(false),
            .. isPath ? (IEnumerable<string>)[source.Place] : [],
        ];
        var (exitCode, printed) = await builder.RunAsync(
            arguments, await PipResolver.VariablesAsync(building, work, cancellationToken).ConfigureAwait(false),
            sources.UsesConfiguration, cancellationToken).ConfigureAwait(false);
        if (exitCode != 0)
        {
            throw PipErrors.NotBuilt(source.Place, PipOutput.Essence(printed));
        }

        return await TakeAsync(source, output, folder, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<BuiltWheel> TakeAsync(WheelSource source, string output, string folder, CancellationToken cancellationToken)
    {
        if (Directory.GetFiles(output, "*" + WheelFileName.Extension) is not [var built])
        {
            throw PipErrors.NotBuilt(source.Place, ["The build did not make one wheel."]);
        }

        var name = WheelFileName.Parse(Path.GetFileName(built));
        if (name.Name != PythonName.Normalize(source.Name))
        {
            throw PipErrors.NotBuilt(source.Place, [$"The build makes the package '{name.Name}', and '{source.Name}' is asked for."]);
        }

        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, Path.GetFileName(built));

        // Over two disks a move is a copy: nobody may see a part of it.
        var waiting = path + ".new";
        File.Move(built, waiting, overwrite: true);
        File.Move(waiting, path, overwrite: true);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, CopyBuffer);
        var sha256 = await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false);
        return new BuiltWheel(path, name, Convert.ToHexStringLower(sha256), stream.Length, source);
    }
}
