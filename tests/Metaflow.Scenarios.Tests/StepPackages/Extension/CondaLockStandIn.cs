namespace Metaflow.Scenarios.Tests.StepPackages.Extension;

/// <summary>
/// Stands in for the program conda-lock, which Metaflow's extension calls for packages of conda and the index together. A script by that
/// name asks the stand-in for micromamba and the machine's pip, and writes the list as conda-lock would.
/// </summary>
internal static class CondaLockStandIn
{
    private const string Script = """
        #!/usr/bin/env python3
        import json, os, subprocess, sys, tomllib

        if sys.argv[1] == "--version":
            print("conda-lock, version 2.5.7")
            sys.exit()

        with open("pyproject.toml", "rb") as file:
            asked = tomllib.load(file)["tool"]

        def version(text, blank):
            return "" if text == "*" else blank + (text if text[0] in "<>=!~" or "*" in text else "==" + text)

        def requirement(name, detail):
            extras = "[" + ",".join(detail["extras"]) + "]" if detail.get("extras") else ""
            place = detail.get("git") or detail.get("url")
            return f"{name}{extras} @ {place}" if place else name + extras + version(detail["version"], "")

        lock = asked["conda-lock"]
        call = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "micromamba"), "create", "--dry-run"]
        for channel in lock["channels"]:
            call += ["-c", channel]
        call += [name + version(text, " ") for name, text in lock["dependencies"].items()]
        lines = [f"{link['url']}#{link['md5']}" for link in json.loads(subprocess.check_output(call))["actions"]["LINK"]]
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-"]
        pip += [requirement(name, detail) for name, detail in asked["poetry"]["dependencies"].items()]
        for package in json.loads(subprocess.check_output(pip))["install"]:
            found = package["download_info"]
            place = f"git+{found['url']}@{found['vcs_info']['commit_id']}" if "vcs_info" in found \
                else found["url"] + "#sha256=" + found["archive_info"]["hashes"]["sha256"]
            lines.append(f"# pip {package['metadata']['name']} @ {place}")
        with open(sys.argv[sys.argv.index("--filename-template") + 1], "w") as file:
            file.write("\n".join(["@EXPLICIT", *lines, ""]))
        """;

    /// <summary>Puts the program into a folder, beside that of micromamba.</summary>
    /// <param name="folder">The folder, which is on the path of the extension.</param>
    public static void Write(string folder)
    {
        var program = Path.Combine(folder, "conda-lock");
        File.WriteAllText(program, Script);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
