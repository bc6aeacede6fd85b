namespace Metaflow.Cli.Completion;

/// <summary>The scripts that make shells ask a program for completions: the program answers <c>complete -- words…</c> with a candidate
/// and a description a line.</summary>
internal static class ShellScript
{
    /// <summary>Gets the shells.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "powershell"];

    /// <summary>Returns the script of a shell.</summary>
    /// <param name="shell">One of <see cref="Shells"/>.</param>
    /// <param name="programs">The names under which the program is called.</param>
    /// <param name="command">How a user writes the command that prints the script.</param>
    public static string Of(string shell, IReadOnlyList<string> programs, string command)
    {
        // A shell's function is named like the program, in letters that every shell takes.
        var function = "_metaflow_" + string.Concat(programs[0].Select(static letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
        return (shell switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => PowerShell,
        })
        .Replace("FUNCTION", function, StringComparison.Ordinal)
        .Replace(
            "PROGRAMS",
            string.Join(shell == "powershell" ? ", " : " ", programs.Select(static program => $"'{program}'")),
            StringComparison.Ordinal)
        .Replace("COMMAND", command, StringComparison.Ordinal);
    }

    // Bash breaks words at '=' and ':', which are parts of options. So the script splits the line at spaces again, and cuts the
    // completions accordingly.
    private const string Bash = """
        # Completion for bash: eval "$(COMMAND completion bash)", here or in ~/.bashrc.
        FUNCTION() {
            local line="${COMP_LINE:0:COMP_POINT}" candidate cut="" current
            local -a words=()
            read -r -a words <<<"$line"
            if [[ "$line" == *' ' ]]; then
                words+=("")
            fi
            current="${words[${#words[@]}-1]}"
            if [[ "$current" == *[=:]* && "$COMP_WORDBREAKS" == *[=:]* ]]; then
                cut="${current%"${current##*[=:]}"}"
            fi
            COMPREPLY=()
            while IFS= read -r candidate; do
                candidate="${candidate%%$'\t'*}"
                COMPREPLY+=("${candidate#"$cut"}")
            done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
            if [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == */ ]]; then
                compopt -o nospace 2>/dev/null
            fi
        }
        complete -o default -F FUNCTION PROGRAMS
        """;

    private const string Zsh = """
        # Completion for zsh: eval "$(COMMAND completion zsh)", behind compinit in ~/.zshrc.
        FUNCTION() {
            local line
            local -a names texts open
            while IFS= read -r line; do
                if [[ "${line%%$'\t'*}" == */ ]]; then
                    open+=("${line%%$'\t'*}")
                else
                    names+=("${line%%$'\t'*}")
                    texts+=("${line/$'\t'/  -- }")
                fi
            done < <("${(Q)words[1]}" complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)
            if (( ${#names} + ${#open} == 0 )); then
                _files
                return
            fi
            (( ${#open} )) && compadd -S '' -- "${open[@]}"
            (( ${#names} )) && compadd -l -d texts -- "${names[@]}"
            return 0
        }
        compdef FUNCTION PROGRAMS
        """;

    private const string Fish = """
        # Completion for fish: COMMAND completion fish | source, here or in ~/.config/fish/config.fish.
        function FUNCTION
            set -l words (commandline -opc)
            set -l current (commandline -ct)
            set -l found ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
            if test (count $found) -gt 0
                printf '%s\n' $found
            else
                __fish_complete_path "$current"
            end
        end
        for program in PROGRAMS
            complete -c $program -f -a '(FUNCTION)'
        end
        """;

    // An empty word is lost on the way to a program in older versions, so it is said by an option.
    private const string PowerShell = """
        # Completion for PowerShell: COMMAND completion powershell | Out-String | Invoke-Expression, here or in $PROFILE.
        Register-ArgumentCompleter -Native -CommandName PROGRAMS -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $words = @($commandAst.CommandElements | ForEach-Object { $_.Extent.Text })
            $rest = @($words | Select-Object -Skip 1)
            $new = @()
            if ($wordToComplete -eq '') { $new = @('--new-word') }
            & $words[0] complete @new -- @rest 2>$null | ForEach-Object {
                $text, $description = $_ -split "`t", 2
                if (-not $description) { $description = $text }
                [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $description)
            }
        }
        """;
}
